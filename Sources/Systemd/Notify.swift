internal import CSystemd
internal import Linux

/// Words to the service manager (sd_notify(3)); without one they go nowhere.
package enum Notify {
    /// Sends lines such as `READY=1`.
    ///
    /// Whether a manager took them: false where there is none.
    @discardableResult
    package static func send(_ lines: [String]) -> Bool { unsafe sd_notify(0, lines.joined(separator: "\n")) > 0 }

    /// Whether a manager waits for words (`NOTIFY_SOCKET`).
    package static var isHeard: Bool { Environment.value("NOTIFY_SOCKET") != nil }

    /// Waits until the manager has read all that was sent before, at most `limit` (sd_notify_barrier(3)); for the very end.
    @discardableResult
    package static func settle(limit: Duration) -> Bool {
        sd_notify_barrier(0, UInt64(max(limit / .microseconds(1), 0))) > 0
    }

    /// How often the unit asks for a sign of life; nil where it doesn't (sd_watchdog_enabled(3)).
    package static var watchdog: Duration? {
        var micro: UInt64 = 0
        guard unsafe sd_watchdog_enabled(0, &micro) > 0 else { return nil }
        return .microseconds(Int64(clamping: micro))
    }

    /// Whether this host was booted with systemd (sd_booted(3)).
    package static var isBooted: Bool { sd_booted() > 0 }
}
