internal import Glibc

/// Owns one child of ours in a process group of its own, from its start until its status has been taken.
///
/// Until then its number can't be given to another process. Watch `number`; once it is readable, `reap()`. The end of a
/// child that was not reaped kills its group.
package struct ChildProcess: ~Copyable {
    /// Where one of the child's three standard streams leads.
    package enum Stream: Sendable {
        case null
        /// Ours, whatever that is.
        case inherited
        /// A descriptor of ours; the caller keeps and closes it.
        case descriptor(Int32)
        /// Made or emptied, mode 0600.
        case file(String)
    }

    /// How a child ended (waitpid(2)).
    package enum Ending: Hashable, Sendable {
        case exited(Int32)
        case killed(by: Int32)
    }

    private let handle: ProcessHandle
    private var isReaped = false

    /// Starts `program` (a path, looked for nowhere) with its own name as first argument (posix_spawn(3)).
    ///
    /// The child inherits no blocked and no ignored signal. `environment` are lines such as `PATH=/bin`.
    package init(
        _ program: String, _ arguments: [String], environment: [String], input: Stream = .null, output: Stream = .null,
        error: Stream = .null
    ) throws(SystemCallError) {
        let pid = try Spawn.start(program, arguments, environment, [input, output, error])
        do throws(SystemCallError) { handle = try ProcessHandle(pid) } catch {
            Self.end(pid)
            throw error
        }
    }

    deinit { if !isReaped { Self.end(handle.pid) } }

    /// Its number, which is its process group's, too.
    package var pid: Int32 { handle.pid }

    /// A pidfd: readable once the child has ended.
    package var number: Int32 { handle.number }

    /// Sends a signal to the child alone; nothing happens once it is reaped.
    package func send(_ signal: Int32) { if !isReaped { kill(pid, signal) } }

    /// Kills the child and all that it started in its group; nothing happens once it is reaped.
    package func killGroup() { if !isReaped { kill(-pid, SIGKILL) } }

    /// How it ended; nil while it runs, and when it was reaped before.
    ///
    /// Never waits.
    package mutating func reap() -> Ending? { reap(WNOHANG) }

    /// Waits until it has ended: not for a thread that has a loop to turn.
    @discardableResult
    package mutating func wait() -> Ending? { reap(0) }

    private mutating func reap(_ options: Int32) -> Ending? {
        var status: Int32 = 0
        guard !isReaped, unsafe waitpid(pid, &status, options) == pid else { return nil }
        isReaped = true
        // The macros of waitpid(2), WIFEXITED and its like, aren't imported.
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(by: signal)
    }

    /// At most a zombie stays: a child in an uninterruptible wait can't hold the loop up.
    private static func end(_ pid: Int32) {
        kill(-pid, SIGKILL)
        waitpid(pid, nil, WNOHANG)
    }
}
