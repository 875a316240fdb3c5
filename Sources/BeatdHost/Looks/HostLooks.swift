package import BeatdCore
package import Linux
package import Systemd

/// Performs the looks that the heart orders; says what was seen, never what it means.
package final class HostLooks {
    /// Looks in one turn of the loop: each takes some 50 µs, and a death must not wait for ten thousand of them.
    private static let mostPerTurn = 64

    /// This host's addresses: what is not among them, nor loopback, is not looked at.
    package var addresses: AddressSet { didSet { ports.addresses = addresses } }

    private let pidfiles: PidfileLooks
    private let onReports: ([SightingReport]) -> Void
    private let connects: ConnectLooks
    private let ports: PortLooks
    private var orders: [LookOrder] = []
    /// How many of `orders` are done.
    private var done = 0
    private var turn: EventSource?

    /// Calls `onReports` with what was seen; never from inside `perform`.
    ///
    /// Calls `onDiagnosisClosed` when netlink is found closed to beatd, and with nil when it is open again. With
    /// `diagnosisFailure` it acts as where every dump of sockets ends so.
    package init(
        loop: EventLoop, workers: Workers, processes: ProcessWatch, addresses: AddressSet,
        diagnosisFailure: SystemCallError? = nil,
        onDiagnosisClosed: @escaping (SystemCallError?) -> Void = { _ in },
        onReports: @escaping ([SightingReport]) -> Void
    ) throws(SystemCallError) {
        self.addresses = addresses
        self.onReports = onReports
        pidfiles = try PidfileLooks(
            loop: loop, workers: workers, processes: processes, onReports: onReports)
        connects = try ConnectLooks(loop: loop, onReports: onReports)
        ports = try PortLooks(
            loop: loop, connects: connects, addresses: addresses, failure: diagnosisFailure, onReports: onReports,
            onClosed: onDiagnosisClosed)
        turn = try loop.deferred { [unowned self] in self.performSome() }
    }

    /// Looks soon, in order; each order gets one report, within the target's time-out.
    package func perform(_ orders: some Sequence<LookOrder>) { for order in orders { perform(order) } }

    /// Looks soon, after what was ordered before.
    package func perform(_ order: LookOrder) {
        switch order.target.kind {
        case .port: ports.begin(order)
        case .pidfile(let path, let executable): pidfiles.begin(order, at: path, executable: executable)
        case .tcp:
            if orders.isEmpty { turn?.arm() }
            orders.append(order)
        }
    }

    private func performSome() {
        var reports: [SightingReport] = []
        for order in orders[done...].prefix(Self.mostPerTurn) {
            let began = Instant(nanoseconds: Clocks.boot())
            guard let seen = look(order, at: began) else { continue }
            let ended = Instant(nanoseconds: Clocks.boot())
            reports.append(SightingReport(order: order.id, began: began, ended: ended, seen: seen))
        }
        done = min(done + Self.mostPerTurn, orders.count)
        if done == orders.count {
            orders.removeAll(keepingCapacity: true)
            done = 0
        } else {
            turn?.arm()
        }
        if !reports.isEmpty { onReports(reports) }
    }

    private func look(_ order: LookOrder, at began: Instant) -> Sighting? {
        switch order.target.kind {
        case .tcp(let host, let port):
            if host == ProbeKind.localhost {
                return connects.begin(order, hosts: ["127.0.0.1", "::1"], port: port, at: began)
            }
            guard Addresses.isLoopback(host) || addresses.local.contains(host) else {
                return .tcp(.forbidden("probing other hosts comes with a later version of beatd (allow-remote)"))
            }
            return connects.begin(order, hosts: [host], port: port, at: began)
        case .port, .pidfile:
            preconditionFailure("a look that others make came to those one by one")
        }
    }
}
