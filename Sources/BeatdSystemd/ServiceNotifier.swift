import Linux
import Systemd

/// Tells the service manager where beatd stands (sd_notify(3)); without one it speaks to nobody.
///
/// Never waits for it. What it didn't take is said again with `retry`: of each kind the latest, in order.
package struct ServiceNotifier {
    private enum Kind { case ready, reloading, status, stopping }

    private var last = ""
    /// Not taken yet; each kind once, so four at most.
    private var waiting: [(kind: Kind, lines: [String])] = []

    package init() {}

    /// The one line of `systemctl status`; sent only when it is another one.
    package mutating func status(_ line: String) {
        guard line != last else { return }
        last = line
        say(.status, ["STATUS=\(Self.oneLine(line))"])
    }

    package mutating func ready() {
        // A reload that the manager never heard of is over.
        waiting.removeAll { $0.kind == .reloading }
        say(.ready, ["READY=1"])
    }

    /// A reload begins; `ready` ends it.
    package mutating func reloading() {
        say(.reloading, ["RELOADING=1", "MONOTONIC_USEC=\(Clocks.monotonic() / 1000)"])
    }

    /// The stop begins, and may take that long.
    package mutating func stopping(atMost limit: Duration) {
        let micro = limit.components.seconds * 1_000_000 + limit.components.attoseconds / 1_000_000_000_000
        say(.stopping, ["STOPPING=1", "EXTEND_TIMEOUT_USEC=\(micro + 1_000_000)"])
    }

    /// Says again what the manager didn't take; for each turn of the loop, at least once a second.
    package mutating func retry() {
        while let first = waiting.first {
            guard Notify.send(first.lines) != .notNow else { return }
            waiting.removeFirst()
        }
    }

    private mutating func say(_ kind: Kind, _ lines: [String]) {
        waiting.removeAll { $0.kind == kind }
        waiting.append((kind, lines))
        retry()
    }

    /// A reason that holds a line break would become another assignment.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
