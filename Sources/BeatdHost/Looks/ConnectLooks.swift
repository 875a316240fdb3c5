internal import BeatdCore
internal import Linux
internal import Systemd

/// Looks that open a TCP connection and close it at once: all of them behind one epoll and one timer.
final class ConnectLooks {
    /// One look at an address or several: the first that opens decides.
    private final class Asking {
        let order: LookOrder
        let began: Instant
        let port: Int
        let sighting: (ConnectSighting) -> Sighting
        /// Whom to ask next.
        var others: ArraySlice<String>
        /// When the next one is asked although the last one has said nothing.
        var nextAt: Instant
        /// The connections on their way.
        var keys: Set<UInt64> = []
        var isRefused = false
        /// What the first address said that neither opened nor refused.
        var odd: Sighting?
        /// What the kernel said of an address that this host hasn't got.
        var absent: Sighting?

        init(
            _ order: LookOrder, hosts: ArraySlice<String>, port: Int, at began: Instant,
            as sighting: @escaping (ConnectSighting) -> Sighting
        ) {
            self.order = order
            self.began = began
            self.port = port
            self.sighting = sighting
            others = hosts
            nextAt = began
        }

        /// What there is to say where no connection is on its way; nobody listens on an address that this host hasn't got,
        /// such as ::1 where IPv6 is switched off.
        var conclusion: Sighting {
            odd ?? (isRefused ? sighting(.refused) : absent ?? sighting(.failed("no IP address")))
        }
        var deadline: Instant { began + order.target.timeout }
        /// When there is something to do though the kernel is silent.
        var due: Instant { others.isEmpty ? deadline : min(nextAt, deadline) }
    }

    /// A connection on its way.
    private final class Attempt {
        let asking: Asking
        let address: SocketAddress
        let socket: Descriptor

        init(_ asking: Asking, to address: SocketAddress, _ socket: consuming Descriptor) {
            self.asking = asking
            self.address = address
            self.socket = socket
        }
    }

    /// On this host an address answers at once; one that is silent for so long keeps the next waiting no longer
    /// (RFC 8305 5), and a quarter of the look's own limit where that is shorter.
    private static let headStart = Duration.milliseconds(250)

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
    /// One of `hosts` that opens is enough, and only if all refuse it is refused.
    func begin(
        _ order: LookOrder, hosts: ArraySlice<String>, port: Int, at began: Instant,
        as sighting: @escaping (ConnectSighting) -> Sighting = Sighting.tcp
    ) -> Sighting? {
        askNext(Asking(order, hosts: hosts, port: port, at: began, as: sighting), at: began)
    }

    /// Begins to connect to the next address that doesn't answer at once; nil: one is on its way.
    private func askNext(_ asking: Asking, at now: Instant) -> Sighting? {
        while let host = asking.others.popFirst() {
            guard let address = SocketAddress(host, port: asking.port) else { continue }
            do throws(SystemCallError) {
                let socket = try Sockets.connect(to: address)
                issued += 1
                try epoll.add(socket.number, for: .write, key: issued)
                attempts[issued] = Attempt(asking, to: address, socket)
                asking.keys.insert(issued)
                asking.nextAt = now + min(Self.headStart, asking.order.target.timeout / 4)
                if asking.due < armed { arm(asking.due) }
                return nil
            } catch { note(error, asking) }
        }
        return asking.keys.isEmpty ? asking.conclusion : nil
    }

    private func note(_ error: SystemCallError, _ asking: Asking) {
        if error.isRefused {
            asking.isRefused = true
        } else if error.isNoAddress {
            asking.absent = Self.sighting(of: error, as: asking.sighting)
        } else if asking.odd == nil {
            asking.odd = Self.sighting(of: error, as: asking.sighting)
        }
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
            attempt.asking.keys.remove(key)
            guard let seen = outcome(of: attempt, at: now) else { return nil }
            return end(attempt.asking, seen, at: now)
        }
    }

    /// nil: another address is being asked.
    private func outcome(of attempt: Attempt, at now: Instant) -> Sighting? {
        let asking = attempt.asking
        if let error = Sockets.error(of: attempt.socket) {
            note(error, asking)
            return askNext(asking, at: now)
        }
        // Where nobody listens on a port that the kernel also gives out, a socket may meet itself: both ends are ours
        // (a simultaneous open, RFC 9293 3.5).
        if Sockets.name(of: attempt.socket) == attempt.address {
            asking.isRefused = true
            return askNext(asking, at: now)
        }
        return asking.sighting(.connected)
    }

    private func end(_ asking: Asking, _ seen: Sighting, at now: Instant) -> SightingReport {
        for key in asking.keys { attempts[key] = nil }
        return SightingReport(order: asking.order.id, began: asking.began, ended: now, seen: seen)
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
        for attempt in Array(attempts.values) {
            let asking = attempt.asking
            if asking.deadline <= now {
                // One that has several connections on their way comes as often.
                guard !asking.keys.isEmpty else { continue }
                reports.append(end(asking, asking.odd ?? asking.sighting(.timedOut), at: now))
                asking.keys = []
                continue
            }
            if !asking.others.isEmpty, asking.nextAt <= now { _ = askNext(asking, at: now) }  // the last one still may
            next = min(next, asking.due)
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
