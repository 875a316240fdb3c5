import Linux
import Systemd

/// Tells the service manager where beatd stands (sd_notify(3)); without one it speaks to nobody.
package struct ServiceNotifier {
    private var last = ""

    package init() {}

    /// The one line of `systemctl status`; sent only when it is another one.
    package mutating func status(_ line: String) {
        guard line != last else { return }
        last = line
        Notify.send(["STATUS=\(Self.oneLine(line))"])
    }

    package func ready() { Notify.send(["READY=1"]) }

    /// A reload begins; `ready` ends it.
    package func reloading() {
        Notify.send(["RELOADING=1", "MONOTONIC_USEC=\(Clocks.monotonic() / 1000)"])
    }

    /// The stop begins, and may take that long.
    package func stopping(atMost limit: Duration) {
        let micro = limit.components.seconds * 1_000_000 + limit.components.attoseconds / 1_000_000_000_000
        Notify.send(["STOPPING=1", "EXTEND_TIMEOUT_USEC=\(micro + 1_000_000)"])
    }

    /// A reason that holds a line break would become another assignment.
    private static func oneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
}
