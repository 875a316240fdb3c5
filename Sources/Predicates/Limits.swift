/// The settings that the predicates need, as plain numbers; times in nanoseconds.
package struct Limits: Hashable, Sendable {
    /// `registry.timeout`.
    package var timeout: Int64
    package var writesPerSecond: Int
    /// How long a due time may be rounded.
    package var tick: Int64 = 100_000_000

    /// What changed longer ago is on disk: a save that was under way, a second between two, and the next, on the slowest
    /// disk.
    package var saved: Int64 = 10_000_000_000

    /// How many servers the registry has.
    package var servers: Int

    package init(timeout: Int64, writesPerSecond: Int, servers: Int = 1) {
        self.timeout = timeout
        self.servers = servers
        self.writesPerSecond = writesPerSecond
    }

    /// By then an entry that nobody wants is out of a registry that answers: the second goodbye, its back-off, the quiet
    /// interval after an outage, and the token of each instance before it.
    var cleanUp: Int64 {
        2 * timeout + 5 * Time.second + 3 * Time.second + timeout + 10 * Time.second / Int64(writesPerSecond)
    }
}

/// Lengths in nanoseconds.
package enum Time {
    package static let second: Int64 = 1_000_000_000
    package static let millisecond: Int64 = 1_000_000

    /// `12.345`.
    package static func text(_ nanoseconds: Int64) -> String {
        guard nanoseconds > Int64.min / 2 else { return "never" }
        let milliseconds = String(abs(nanoseconds) / millisecond % 1000)
        return (nanoseconds < 0 ? "-" : "") + "\(abs(nanoseconds) / second)."
            + String(repeating: "0", count: 3 - milliseconds.count) + milliseconds
    }
}
