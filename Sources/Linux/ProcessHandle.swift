internal import CLinux
internal import Glibc

/// One process held by its pidfd: whatever its number does later, this is the one (pidfd_open(2)).
package struct ProcessHandle: ~Copyable {
    private let descriptor: Descriptor
    /// The number it had when it was opened.
    package let pid: Int32
    private let asksPidfs: Bool

    /// Of pidfs (Linux 6.9), statfs(2).
    private static let pidfs: UInt = 0x5049_4446

    /// ESRCH where no such process exists.
    ///
    /// `asksPidfs: false` is for tests: it takes the kernel for one before 6.9.
    package init(_ pid: Int32, asksPidfs: Bool = true) throws(SystemCallError) {
        descriptor = Descriptor(taking: try checked("pidfd_open", "process \(pid)") { beatd_pidfd_open(pid) })
        self.pid = pid
        self.asksPidfs = asksPidfs
    }

    /// Readable once the process has ended.
    package var number: Int32 { descriptor.number }

    /// The inode that no other process of this boot has; nil before Linux 6.9, where all pidfds share one.
    package var inode: UInt64? {
        guard asksPidfs, beatd_filesystem(descriptor.number) == Self.pidfs else { return nil }
        return (try? Files.status(of: descriptor))?.inode
    }

    /// Whether it has ended; state Z alone would not say so (pidfd_open(2), poll(2)).
    package var hasExited: Bool {
        var one = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&one, 1, 0) == 1
    }

    /// Hands the pidfd to somebody else, who closes it from now on.
    package consuming func take() -> Int32 { descriptor.take() }
}
