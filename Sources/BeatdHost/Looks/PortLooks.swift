internal import BeatdCore
internal import Linux
internal import Systemd

/// Looks at ports: one dump of this host's listening sockets answers all that are due together.
///
/// IPv6 is dumped only where IPv4 doesn't answer every look. Where nobody is found, look-ups have to agree; where
/// netlink is closed to beatd, it connects instead and says so.
final class PortLooks {
    /// Reports in one turn of the loop: the heart takes about a microsecond for each, and a death must not wait.
    private static let mostPerTurn = 1024
    /// Looks in one turn that need look-ups: 6 µs for each address.
    private static let mostConfirmedPerTurn = 32
    /// Connections on their way at once, where netlink is closed.
    private static let mostConnects = 256
    /// What is remembered to be deserted; beyond this all of it is looked up anew.
    private static let mostDeserted = 4096
    /// Addresses that are looked up before nobody is said to be there.
    static let mostLookups = 16

    /// What a look found, kept for those after it: nearly all of a round ask alike of listeners at one place.
    private struct Answer {
        let place: ListeningSocket.Place
        let address: PortAddress
        /// Who listens there; nil where that isn't good for who asks.
        let listener: Listener?
    }

    /// What all looks of a round have in common.
    private struct Round {
        var orders: ArraySlice<LookOrder>
        let began: Instant
        var ended: Instant
        /// nil: no dump was needed yet, or it went well.
        var error: SystemCallError?
        var hasIPv6 = false
    }

    var addresses: AddressSet { didSet { keepSources() } }
    /// Where `auto` may send callers, the latest first: an address once chosen is kept as long as this host has it.
    private var sources: [String] = []
    private let connects: ConnectLooks
    private let onReports: ([SightingReport]) -> Void
    private let onClosed: (SystemCallError?) -> Void
    private let failure: SystemCallError?
    private var diagnosis = SocketDiagnosis()
    private var table = ListenerTable()
    private var orders: [LookOrder] = []
    private var round: Round?
    /// The error that closes netlink to beatd, as long as it does.
    private var closed: SystemCallError?
    /// Where look-ups agreed already that nobody is there: one dump more is enough to say it again.
    private var deserted: Set<ProbeKind> = []
    private var turn: EventSource?

    /// Calls `onReports` with what was seen, never from inside `begin`; `onClosed` when netlink closes, nil when it opens.
    ///
    /// With `failure` it acts as where every dump ends so.
    init(
        loop: EventLoop, connects: ConnectLooks, addresses: AddressSet, failure: SystemCallError?,
        onReports: @escaping ([SightingReport]) -> Void, onClosed: @escaping (SystemCallError?) -> Void
    ) throws(SystemCallError) {
        self.connects = connects
        self.addresses = addresses
        sources = [addresses.source].compactMap(\.self)
        self.failure = failure
        self.onReports = onReports
        self.onClosed = onClosed
        turn = try loop.deferred { [unowned self] in self.work() }
        connects.onRoom = { [unowned self] in if self.round != nil { self.turn?.arm() } }
    }

    private func keepSources() {
        sources.removeAll { $0 == addresses.source || !addresses.local.contains($0) }
        if let source = addresses.source { sources.insert(source, at: 0) }
    }

    /// Looks soon; one report follows.
    func begin(_ order: LookOrder) {
        // Whatever waits here has armed it, or a round before it will.
        if orders.isEmpty { turn?.arm() }
        orders.append(order)
    }

    private func work() {
        var round = self.round ?? dumpForNext()
        var reports: [SightingReport] = []
        reports.reserveCapacity(min(round.orders.count, Self.mostPerTurn))
        var confirmed = 0
        var latest: Answer?
        while reports.count < Self.mostPerTurn, confirmed < Self.mostConfirmedPerTurn, hasRoom,
            let order = round.orders.popFirst()
        {
            if let listener = found(order.target.kind, round, &latest) {
                reports.append(
                    SightingReport(
                        order: order.id, began: round.began, ended: round.ended, seen: .port(.listening(listener))))
            } else if let seen = look(order, &round, &confirmed) {
                reports.append(SightingReport(order: order.id, began: round.began, ended: round.ended, seen: seen))
            }
        }
        self.round = round.orders.isEmpty ? nil : round
        if self.round != nil ? hasRoom : !orders.isEmpty { turn?.arm() }
        if !reports.isEmpty { onReports(reports) }
    }

    /// Where it has none, the end of a connection makes some.
    private var hasRoom: Bool { closed == nil || connects.count < Self.mostConnects }

    // MARK: Dumps

    private func dumpForNext() -> Round {
        let now = Instant(nanoseconds: Clocks.boot())
        table.removeAll()
        for order in orders { if case .port(let port, _) = order.target.kind { table.want(port) } }
        var round = Round(orders: orders[...], began: now, ended: now)
        // The next round is as large as this one, most likely.
        orders = []
        orders.reserveCapacity(round.orders.count)
        dump(.four, &round)
        let isClosed = round.error?.isClosed == true ? round.error : nil
        if isClosed != closed { onClosed(isClosed) }
        closed = isClosed
        return round
    }

    private func dump(_ family: Addresses.Family, _ round: inout Round) {
        do throws(SystemCallError) {
            if let failure { throw failure }
            try Self.dump(family, of: &diagnosis, into: &table)
        } catch {
            // A kernel without IPv6 has nobody who listens there.
            if family == .four || !error.isClosed { round.error = error }
        }
        round.ended = Instant(nanoseconds: Clocks.boot())
    }

    private static func dump(
        _ family: Addresses.Family, of diagnosis: inout SocketDiagnosis, into table: inout ListenerTable
    ) throws(SystemCallError) { try diagnosis.dump(family) { table.add($0) } }

    // MARK: One look

    /// Who listens by the dumps so far, where that is one socket and enough.
    private func found(_ kind: ProbeKind, _ round: Round, _ latest: inout Answer?) -> Listener? {
        guard closed == nil, round.error == nil, case .port(let port, let address) = kind,
            let place = table.onlyPlace(on: port)
        else { return nil }
        if latest?.place != place || latest?.address != address {
            let listener = Listener(place)
            latest = Answer(
                place: place, address: address, listener: isRight(listener, address) ? listener : nil)
        }
        guard let listener = latest?.listener else { return nil }
        if !deserted.isEmpty { deserted.remove(kind) }
        return listener
    }

    /// nil: a connection is on its way.
    private func look(_ order: LookOrder, _ round: inout Round, _ confirmed: inout Int) -> Sighting? {
        guard case .port(let port, let address) = order.target.kind else {
            preconditionFailure("a look at something else came to the looks at ports")
        }
        if let closed { return connect(order, port, address, at: round.began, because: closed) }
        if round.error == nil, let seen = found(order.target.kind, port, address) { return seen }
        if round.error == nil, !round.hasIPv6 {
            round.hasIPv6 = true
            dump(.six, &round)
            if round.error == nil, let seen = found(order.target.kind, port, address) { return seen }
        }
        if let error = round.error { return .hindered(error.description) }
        let places = table.places(on: port)
        if places.isEmpty, deserted.contains(order.target.kind) { return .port(.nobody) }
        confirmed += 1
        return confirm(order.target.kind, port, address, places, &round)
    }

    /// Who listens by the dumps so far, where some of them are enough.
    private func found(_ kind: ProbeKind, _ port: Int, _ address: PortAddress) -> Sighting? {
        let places = table.places(on: port)
        guard let first = places.first, places.contains(where: { isRight($0, address) }) else { return nil }
        deserted.remove(kind)
        return .port(.listening(first, others: Array(places.dropFirst())))
    }

    private func isRight(_ place: Listener, _ address: PortAddress) -> Bool {
        switch address {
        case .any: true
        case .literal(let wanted): place.takes(wanted)
        case .advertised(.literal(let wanted)): !addresses.local.contains(wanted) || place.takes(wanted)
        case .advertised(.automatic): sources.isEmpty || sources.contains(where: place.takes)
        }
    }

    /// Asks anew, address by address: a dump can miss a socket that others leave the table beside (sock_diag(7)).
    private func confirm(
        _ kind: ProbeKind, _ port: Int, _ address: PortAddress, _ places: [Listener], _ round: inout Round
    ) -> Sighting {
        var places = places
        do throws(SystemCallError) {
            for candidate in candidates(for: address).prefix(Self.mostLookups) {
                guard let asked = SocketAddress(candidate, port: port), let found = try diagnosis.lookup(asked) else {
                    continue
                }
                if !places.contains(Listener(found.place)) { places.append(Listener(found.place)) }
            }
        } catch { return .hindered(error.description) }
        round.ended = Instant(nanoseconds: Clocks.boot())
        guard let first = places.first else {
            if deserted.count == Self.mostDeserted { deserted.removeAll() }
            deserted.insert(kind)
            return .port(.nobody)
        }
        deserted.remove(kind)
        return .port(.listening(first, others: Array(places.dropFirst())))
    }

    /// The addresses where somebody could listen, those first that the look is about.
    private func candidates(for address: PortAddress) -> [String] {
        var first: [String] = []
        switch address {
        case .literal(let literal), .advertised(.literal(let literal)): first.append(literal)
        case .any, .advertised(.automatic): break
        }
        first += sources
        first += ["127.0.0.1", "::1"]
        return first + addresses.local.subtracting(first).sorted()
    }

    /// Where a wildcard or the wanted address is heard.
    private func connect(
        _ order: LookOrder, _ port: Int, _ address: PortAddress, at began: Instant, because error: SystemCallError
    ) -> Sighting? {
        let hosts: [String] =
            switch address {
            case .literal(let literal): [literal]
            case .advertised(.literal(let literal)) where addresses.local.contains(literal): [literal]
            case .advertised(.automatic):
                sources.isEmpty ? ["127.0.0.1", "::1"] : Array(sources.prefix(Self.mostLookups))
            case .any, .advertised(.literal): Array(candidates(for: .any).prefix(Self.mostLookups))
            }
        let isOurs = hosts.allSatisfy { Addresses.isLoopback($0) || addresses.local.contains($0) }
        guard isOurs else {
            return .port(.connection(.forbidden("\(hosts[0]) is no address of this host"), because: error.description))
        }
        return connects.begin(order, hosts: hosts[...], port: port, at: began) {
            .port(.connection($0, because: error.description))
        }
    }
}
