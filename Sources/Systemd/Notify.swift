internal import CSystemd
internal import Linux

/// Words to the service manager (sd_notify(3)); without one they go nowhere.
///
/// Sent by a socket of ours: sd_notify itself waits for a manager that doesn't read, and so does sd_event's watchdog.
package enum Notify {
    /// What became of some words.
    package enum Sent: Hashable, Sendable {
        case taken
        /// The manager doesn't read, or is being restarted: they may be said again.
        case notNow
        /// There is no manager, or none that would ever take them.
        case nobody
    }

    private static let socket = try? Datagrams()

    /// Sends lines such as `READY=1`; never waits.
    @discardableResult
    package static func send(_ lines: [String]) -> Sent {
        // A path or an abstract name; `vsock:`, for whole virtual machines, is nothing that beatd runs as.
        guard let path = Environment.value("NOTIFY_SOCKET"), path.hasPrefix("/") || path.hasPrefix("@"), let socket
        else { return .nobody }
        do throws(SystemCallError) {
            try socket.send(Array(lines.joined(separator: "\n").utf8), to: path, isWaiting: false)
            return .taken
        } catch {
            return error.isAgain || error.isExhausted || error.isRefused || error.isNotFound ? .notNow : .nobody
        }
    }

    /// Whether a manager waits for words (`NOTIFY_SOCKET`).
    package static var isHeard: Bool { Environment.value("NOTIFY_SOCKET") != nil }

    /// How often the unit asks for a sign of life; nil where it doesn't (sd_watchdog_enabled(3)).
    package static var watchdog: Duration? {
        var micro: UInt64 = 0
        guard unsafe sd_watchdog_enabled(0, &micro) > 0 else { return nil }
        return .microseconds(Int64(clamping: micro))
    }

    /// Whether this host was booted with systemd (sd_booted(3)).
    package static var isBooted: Bool { sd_booted() > 0 }
}
