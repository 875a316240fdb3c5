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
        /// Where to go on where this one refuses.
        let others: ArraySlice<String>
        let sighting: (ConnectSighting) -> Sighting
        let socket: Descriptor

        init(
            _ order: LookOrder, began: Instant, to address: SocketAddress, others: ArraySlice<String>,
            as sighting: @escaping (ConnectSighting) -> Sighting, _ socket: consuming Descriptor
        ) {
            self.order = order
            self.began = began
            self.address = address
            self.others = others
            self.sighting = sighting
            self.socket = socket
        }

        var deadline: Instant { began + order.target.timeout }
    }

    /// Called when fewer are on their way than before.
    var onRoom: () -> Void = {}

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

    /// How many are on their way.
    var count: Int { attempts.count }

    /// Begins a look; what was seen where it is decided at once, else nil and a report later.
    ///
    /// The first of `hosts` that doesn't refuse decides.
    func begin(
        _ order: LookOrder, hosts: ArraySlice<String>, port: Int, at began: Instant,
        as sighting: @escaping (ConnectSighting) -> Sighting = Sighting.tcp
    ) -> Sighting? {
        var hosts = hosts
        var seen = sighting(.failed("no IP address"))
        while let host = hosts.popFirst() {
            guard let address = SocketAddress(host, port: port) else { continue }
            do throws(SystemCallError) {
                let socket = try Sockets.connect(to: address)
                issued += 1
                try epoll.add(socket.number, for: .write, key: issued)
                let attempt = Attempt(order, began: began, to: address, others: hosts, as: sighting, socket)
                attempts[issued] = attempt
                if attempt.deadline < armed { arm(attempt.deadline) }
                return nil
            } catch {
                seen = Self.sighting(of: error, as: sighting)
                guard error.isRefused else { break }
            }
        }
        return seen
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
            guard let seen = outcome(of: attempt) else { return nil }
            return SightingReport(order: attempt.order.id, began: attempt.began, ended: now, seen: seen)
        }
    }

    /// nil: another address is being tried.
    private func outcome(of attempt: Attempt) -> Sighting? {
        let error = Sockets.error(of: attempt.socket)
        // Where nobody listens on a port that the kernel also gives out, a socket may meet itself: both ends are ours
        // (a simultaneous open, RFC 9293 3.5).
        let isRefused = error?.isRefused ?? (Sockets.name(of: attempt.socket) == attempt.address)
        if isRefused, !attempt.others.isEmpty {
            return begin(
                attempt.order, hosts: attempt.others, port: Int(attempt.address.port), at: attempt.began,
                as: attempt.sighting)
        }
        if let error { return Self.sighting(of: error, as: attempt.sighting) }
        return attempt.sighting(isRefused ? .refused : .connected)
    }

    static func sighting(
        of error: SystemCallError, as sighting: (ConnectSighting) -> Sighting = Sighting.tcp
    ) -> Sighting {
        if error.isRefused { return sighting(.refused) }
        if error.isReset { return sighting(.reset) }
        if error.isTimedOut { return sighting(.timedOut) }
        if error.isExhausted { return .hindered("\(error.call): \(error.reason)") }
        if error.isPermission {
            return .hindered("\(error.call): \(error.reason); beatd's sandbox or a firewall forbids it")
        }
        return sighting(.failed(error.reason))
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
            let seen = attempt.sighting(.timedOut)
            reports.append(SightingReport(order: attempt.order.id, began: attempt.began, ended: now, seen: seen))
        }
        arm(next)
        report(reports)
    }

    private func report(_ reports: [SightingReport]) {
        guard !reports.isEmpty else { return }
        onReports(reports)
        onRoom()
    }
}
