internal import Glibc

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
