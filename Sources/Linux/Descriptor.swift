internal import Glibc

/// The three that every program begins with.
package enum StandardDescriptors {
    /// Makes /dev/null of those that are closed: what is opened later would take their numbers, and be written to.
    package static func fill() {
        // open(2) takes the lowest number that is free, so they fill up in order.
        for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 {
            // A host without /dev/null: the folder can be neither read nor written.
            if unsafe open("/dev/null", O_RDWR) < 0 { _ = unsafe open("/", O_RDONLY | O_DIRECTORY) }
        }
    }
}

/// Owns one file descriptor and closes it at its end.
package struct Descriptor: ~Copyable {
    /// The kernel's number for it.
    package let number: Int32

    /// Takes over a descriptor that nobody else closes.
    package init(taking number: Int32) { self.number = number }

    deinit { close(number) }

    /// Hands the descriptor to somebody else, who closes it from now on.
    package consuming func take() -> Int32 {
        let number = self.number
        discard self
        return number
    }
}
