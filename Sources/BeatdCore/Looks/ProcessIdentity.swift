/// Which process it is, so that a reused PID is another one (design.md 3).
///
/// On Linux 6.9 and later a pidfd's inode never repeats within a boot (pidfs); before, the start time helps out, and once
/// its pidfd has fired an identity never lives again.
///
/// One reference to what never changes: what is kept of each look has room for it, and few of them name a process.
package struct ProcessIdentity: Hashable, Sendable {
    private struct Fields: Hashable, Sendable {
        var pid: Int32
        var inode: UInt64?
        var started: Instant
        var boot: String
    }

    private let fields: Shared<Fields>

    package var pid: Int32 { fields.value.pid }
    /// The pidfd's inode on pidfs; nil where the kernel has none.
    package var inode: UInt64? { fields.value.inode }
    /// When the process started, as an instant since boot, to the kernel's tick (10 ms).
    package var started: Instant { fields.value.started }
    package var boot: String { fields.value.boot }

    package init(pid: Int32, inode: UInt64?, started: Instant, boot: String) {
        fields = Shared(Fields(pid: pid, inode: inode, started: started, boot: boot))
    }
}
