/// What a driver saw of one target, without an opinion: `judge` makes a `Look` of it.
package struct SightingReport: Sendable {
    package var order: LookID
    package var began: Instant
    package var ended: Instant
    package var seen: Sighting

    package init(order: LookID, began: Instant, ended: Instant, seen: Sighting) {
        self.order = order
        self.began = began
        self.ended = ended
        self.seen = seen
    }
}

/// The facts of one look, by kind of probe.
package enum Sighting: Hashable, Sendable {
    case tcp(ConnectSighting)
    case port(PortSighting)
    indirect case pidfile(PidfileSighting)
    /// beatd itself could not look: out of descriptors, out of memory. The text says what failed.
    case hindered(String)

    /// Whether a connection was not answered in time.
    var isTimeout: Bool {
        guard case .tcp(.timedOut) = self else { return false }
        return true
    }
}

/// How a connect ended (connect(2)).
package enum ConnectSighting: Hashable, Sendable {
    case connected
    /// ECONNREFUSED: the kernel's word that nobody listens.
    case refused
    case timedOut
    case reset
    /// Another error of connect(2), as text: network unreachable, ...
    case failed(String)
    /// Not ours to probe (contract 4, `allow-remote`), as text.
    case forbidden(String)
}

/// What a pidfile and the process it names looked like.
package enum PidfileSighting: Hashable, Sendable {
    case missing
    case empty
    /// No permission; who was refused and what.
    case denied(String)
    /// Not a regular file: a FIFO, a folder, a device. The text names it.
    case notAFile(String)
    /// Another error of opening or reading, as text.
    case unreadable(String)
    /// The content is no PID; the content itself is never shown.
    case nonsense(FileStamp)
    /// The file names `pid`, and no such process exists.
    case nobody(FileStamp, pid: Int32)
    case process(FileStamp, ProcessSighting)
}

/// Which version of a file it is, and when it was written.
package struct FileStamp: Hashable, Sendable {
    package var inode: UInt64
    package var size: Int64
    /// Wall-clock nanoseconds since 1970 (st_mtim).
    package var modified: Int64
    /// Wall-clock nanoseconds since 1970 (st_ctim).
    package var changed: Int64

    package init(inode: UInt64, size: Int64, modified: Int64, changed: Int64) {
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }
}

/// A process that exists, read while a pidfd held it.
package struct ProcessSighting: Hashable, Sendable {
    package var identity: ProcessIdentity
    /// Wall-clock nanoseconds since 1970: the kernel's boot time plus the start tick.
    package var startedAt: Int64
    /// Whether its pidfd was readable already.
    ///
    /// State Z alone is no proof: a leader may have left its threads behind.
    package var exited: Bool
    package var isKernelThread: Bool
    /// PID 1 or beatd itself.
    package var isOff: Bool
    /// /proc/PID/exe without ` (deleted)`; nil where it is closed to us.
    package var executable: String?
    /// argv[0] and comm, which a process can forge; used only where `executable` is closed.
    package var arguments0: String?
    package var comm: String

    package init(
        identity: ProcessIdentity, startedAt: Int64, exited: Bool = false, isKernelThread: Bool = false,
        isOff: Bool = false,
        executable: String?, arguments0: String? = nil, comm: String
    ) {
        self.identity = identity
        self.startedAt = startedAt
        self.exited = exited
        self.isKernelThread = isKernelThread
        self.isOff = isOff
        self.executable = executable
        self.arguments0 = arguments0
        self.comm = comm
    }
}
