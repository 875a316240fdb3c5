/// Which process it is, so that a reused PID is another one (design.md 3).
///
/// On Linux 6.9 and later a pidfd's inode never repeats within a boot (pidfs); before, the start time helps out, and once
/// its pidfd has fired an identity never lives again.
package struct ProcessIdentity: Hashable, Sendable {
    package var pid: Int32
    /// The pidfd's inode on pidfs; nil where the kernel has none.
    package var inode: UInt64?
    /// When the process started, as an instant since boot, to the kernel's tick (10 ms).
    package var started: Instant
    package var boot: String

    package init(pid: Int32, inode: UInt64?, started: Instant, boot: String) {
        self.pid = pid
        self.inode = inode
        self.started = started
        self.boot = boot
    }
}
