internal import BeatdCore
internal import Linux
internal import Systemd

/// Looks that open a TCP connection and close it at once: all of them behind one epoll and one timer.
final class ConnectLooks {
    /// A connection on its way.
    private final class Attempt {
        let order: LookOrder
        let began: Instant
        let address: SocketAddress
        let socket: Descriptor

        init(_ order: LookOrder, began: Instant, to address: SocketAddress, _ socket: consuming Descriptor) {
            self.order = order
            self.began = began
            self.address = address
            self.socket = socket
        }

        var deadline: Instant { began + order.target.timeout }
    }

    private let epoll: Epoll
    private let onReports: ([SightingReport]) -> Void
    private var attempts: [UInt64: Attempt] = [:]
    private var issued: UInt64 = 0
    /// What the timer is armed for.
    private var armed = Instant.never
    private var readiness: EventSource?
    private var timer: EventSource?

    init(loop: EventLoop, onReports: @escaping ([SightingReport]) -> Void) throws(SystemCallError) {
        epoll = try Epoll()
        self.onReports = onReports
        readiness = try loop.watch(epoll.number, for: .read) { [unowned self] _ in
            self.report(self.decided())
        }
        timer = try loop.timer { [unowned self] in self.expire() }
    }

    /// Begins a look; what was seen where it is decided at once, else nil and a report later.
    func begin(_ order: LookOrder, host: String, port: Int, at began: Instant) -> Sighting? {
        guard let address = SocketAddress(host, port: port) else { return .tcp(.failed("no IP address")) }
        do throws(SystemCallError) {
            let socket = try Sockets.connect(to: address)
            issued += 1
            try epoll.add(socket.number, for: .write, key: issued)
            let attempt = Attempt(order, began: began, to: address, socket)
            attempts[issued] = attempt
            if attempt.deadline < armed { arm(attempt.deadline) }
            return nil
        } catch { return Self.sighting(of: error) }
    }

    private func arm(_ deadline: Instant) {
        armed = deadline
        if deadline == .never {
            timer?.disarm()
        } else {
            timer?.arm(at: deadline.nanoseconds)
        }
    }

    /// Takes what the kernel has decided.
    private func decided() -> [SightingReport] {
        let now = Instant(nanoseconds: Clocks.boot())
        return epoll.ready().compactMap { key in
            guard let attempt = attempts.removeValue(forKey: key) else { return nil }
            return SightingReport(
                order: attempt.order.id, began: attempt.began, ended: now, seen: Self.outcome(of: attempt))
        }
    }

    private static func outcome(of attempt: Attempt) -> Sighting {
        if let error = Sockets.error(of: attempt.socket) { return sighting(of: error) }
        // Where nobody listens on a port that the kernel also gives out, a socket may meet itself: both ends are ours
        // (a simultaneous open, RFC 9293 3.5).
        if Sockets.name(of: attempt.socket) == attempt.address { return .tcp(.refused) }
        return .tcp(.connected)
    }

    static func sighting(of error: SystemCallError) -> Sighting {
        if error.isRefused { return .tcp(.refused) }
        if error.isReset { return .tcp(.reset) }
        if error.isTimedOut { return .tcp(.timedOut) }
        if error.isExhausted { return .hindered("\(error.call): \(error.reason)") }
        if error.isPermission {
            return .hindered("\(error.call): \(error.reason); beatd's sandbox or a firewall forbids it")
        }
        return .tcp(.failed(error.reason))
    }

    /// Ends what is over its time; first takes what was decided in time while nobody was there to see it.
    private func expire() {
        armed = .never
        var reports: [SightingReport] = []
        while true {
            let more = decided()
            if more.isEmpty { break }
            reports += more
        }
        let now = Instant(nanoseconds: Clocks.boot())
        var next = Instant.never
        for (key, attempt) in attempts {
            guard attempt.deadline <= now else {
                next = min(next, attempt.deadline)
                continue
            }
            attempts[key] = nil
            reports.append(
                SightingReport(order: attempt.order.id, began: attempt.began, ended: now, seen: .tcp(.timedOut)))
        }
        arm(next)
        report(reports)
    }

    private func report(_ reports: [SightingReport]) {
        if !reports.isEmpty { onReports(reports) }
    }
}
