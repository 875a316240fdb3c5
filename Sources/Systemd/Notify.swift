internal import CSystemd

/// Words to the service manager (sd_notify(3)); without one they go nowhere.
package enum Notify {
    /// Sends lines such as `READY=1`.
    package static func send(_ lines: [String]) { unsafe _ = sd_notify(0, lines.joined(separator: "\n")) }

    /// Whether this host was booted with systemd (sd_booted(3)).
    package static var isBooted: Bool { sd_booted() > 0 }
}
