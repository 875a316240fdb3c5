import BeatdCore
import BeatdNacos
import Predicates

/// beatd's connections: the product's own conversations, with sockets that take half and peers that go.
extension World {
    mutating func open(_ id: ConnectionID, to server: Int) {
        guard let epoch = beatd?.epoch else { return }
        oracle.opened(at: agenda.now)
        if server != network.server {
            network.server = server
            ledger.met(.failedOver)
            oracle.moved(at: agenda.now)
            trace.note(nil, at: agenda.now, "beatd turns to server \(server)")
        }
        var peer = Peer(server: server)
        peer.lastActivity = agenda.now
        network.peers[id] = peer
        switch registry.presences[server] {
        case .refusing:
            agenda.plan(.unreachable(id, "connection refused", epoch: epoch), after: 400_000)
            for subject in host.subjects.indices where isAlive(subject) {
                ledger.hit(.outageRefusing, subject, at: agenda.now)
            }
        case .hanging where chance.happens(50):
            agenda.plan(.unreachable(id, "no connection in time", epoch: epoch), after: swarm.timeout)
        case .hanging, .up:
            agenda.plan(.connected(id, epoch: epoch), after: chance.between(200_000, 1_000_000))
        }
    }

    mutating func connected(_ id: ConnectionID) {
        guard let epoch = beatd?.epoch, network.peers[id] != nil else { return }
        agenda.plan(.idle(id, epoch: epoch), after: registry.idleLimit)
        oracle.connected(at: agenda.now)
        deliver(.connected(id))
    }

    /// The heart gave up what was in flight on it; the server may still apply what it has read.
    mutating func close(_ id: ConnectionID) {
        guard let peer = network.peers.removeValue(forKey: id) else { return }
        if peer.flights.count > 1 { ledger.met(.cutShort) }
        for flight in peer.flights {
            oracle.lost(flight.number, at: agenda.now)
            landed(flight.subject)
            trace.note(flight.subject, at: agenda.now, "beatd gave up write \(flight.number & 0xffff_ffff)")
        }
    }

    mutating func write(on id: ConnectionID) {
        guard var peer = network.peers[id], peer.conversation.isIdle else { return }
        var batch: [(order: WriteOrder, bytes: [UInt8])] = []
        while let order = beatd?.reactor.nextWrite(on: id, at: Instant(nanoseconds: agenda.now)) {
            let before = peer.conversation.unsent.count
            peer.conversation.ask(order)
            batch.append((order, Array(peer.conversation.unsent.dropFirst(before))))
        }
        network.peers[id] = peer
        if !batch.isEmpty { send(batch, on: id) }
    }

    private mutating func send(_ batch: [(order: WriteOrder, bytes: [UInt8])], on id: ConnectionID) {
        guard var peer = network.peers[id], let epoch = beatd?.epoch else { return }
        let subjects = batch.map { Int($0.order.instance.identity.service.service.dropFirst(3)) ?? 0 }
        if batch.count > 1 { ledger.met(.sharedWrite) }
        let isFull = network.weather?.fault == .halfSent && chance.happens(20)
        if isFull || peer.isClosedByServer && chance.happens(50) {
            if isFull { for subject in subjects { ledger.hit(.halfSent, subject, at: agenda.now) } }
            let outcomes = isFull ? peer.conversation.giveUp("full") : peer.conversation.ended("broken pipe")
            network.peers[id] = nil
            tell(outcomes, on: id, peer)
            return
        }
        var left = peer.conversation.unsent.count
        if network.weather?.fault == .halfSent, network.fault(for: subjects[0], &chance) != nil {
            for subject in subjects { ledger.hit(.halfSent, subject, at: agenda.now) }
            left = 1 + chance.below(left - 1)
            agenda.plan(.socketTakesRest(id, epoch: epoch), after: chance.between(1, 400) * Time.millisecond)
        }
        peer.conversation.took(left)
        if peer.isClosedByServer { ledger.met(.writeOnClosing) }
        for (subject, (order, bytes)) in zip(subjects, batch) where left > 0 {
            let flight = Peer.Flight(
                number: epoch << 32 | Int(order.id.number), subject: subject, isWhole: left >= bytes.count)
            leave(order, bytes, flight, on: id)
            peer.flights.append(flight)
            left -= min(left, bytes.count)
        }
        let given = peer.conversation.giveBack("full")
        if !given.isEmpty { ledger.met(.givenBack) }
        network.peers[id] = peer
        serve(id, after: chance.between(150_000, 900_000))
        tell(given, on: id, peer)
    }

    private mutating func leave(_ order: WriteOrder, _ bytes: [UInt8], _ flight: Peer.Flight, on id: ConnectionID) {
        let now = agenda.now
        note(order, flight.subject)
        let request = WireRequest(bytes)
        oracle.left(request, write: flight.number, at: now)
        trace.mix(now)
        trace.mix(bytes)
        trace.note(
            flight.subject, at: now,
            "LEFT \(order.kind) \(order.instance.cluster) \(order.instance.identity) (write \(order.id.number))")
        if let request {
            network.errands[flight.number] = Errand(
                connection: id, server: network.server, request: request, sentAt: now, subject: flight.subject)
        }
    }

    /// The socket was full; it takes the rest of a request now, if that may still leave.
    mutating func takeRest(_ id: ConnectionID) {
        guard var peer = network.peers[id], let write = peer.conversation.halfSent, let flight = peer.flights.last
        else { return }
        guard beatd?.reactor.mayFinish(write, at: Instant(nanoseconds: agenda.now)) == true else {
            ledger.met(.halfSentGivenUp)
            network.peers[id] = nil
            network.errands[flight.number] = nil
            tell(peer.conversation.giveUp("half sent"), on: id, peer)
            return
        }
        if let request = network.errands[flight.number]?.request { oracle.finished(request, at: agenda.now) }
        peer.conversation.took(peer.conversation.unsent.count)
        peer.change(flight.number) { $0.isWhole = true }
        network.peers[id] = peer
        serve(id, after: 300_000)
    }

    mutating func receive(_ bytes: [UInt8], on id: ConnectionID) {
        guard var peer = network.peers[id] else { return }
        let before = peer
        let outcomes = peer.conversation.received(bytes)
        let open = Set(peer.conversation.inFlight.map { Int($0.number) })
        peer.flights.removeAll { !open.contains($0.number & 0xffff_ffff) }
        peer.lastActivity = agenda.now
        network.peers[id] = peer.conversation.hasEnded ? nil : peer
        tell(outcomes, on: id, before)
    }

    mutating func peerClosed(_ id: ConnectionID) {
        guard var peer = network.peers.removeValue(forKey: id) else { return }
        if peer.flights.count > 1 { ledger.met(.cutShort) }
        tell(peer.conversation.ended("closed by the peer"), on: id, peer)
    }

    /// `peer` as it was when that happened.
    private mutating func tell(_ outcomes: [LinkConversation.Outcome], on connection: ConnectionID, _ peer: Peer) {
        guard let epoch = beatd?.epoch else { return }
        for outcome in outcomes {
            switch outcome {
            case .closed(let why):
                if why != .announced { oracle.hungUp(at: agenda.now) }
                deliver(.closed(connection, why))
            case .replied(let id, let reply):
                let flight = peer.flight(epoch << 32 | Int(id.number))
                if let flight {
                    landed(flight.subject)
                    trace.note(flight.subject, at: agenda.now, "write \(id.number): \(reply)")
                }
                deliver(.replied([WriteReply(id, reply)]), note(reply, flight))
            }
        }
    }

    private mutating func note(_ reply: Reply, _ flight: Peer.Flight?) -> Beatd.Note {
        guard let flight else { return .none }
        switch reply {
        case .noAnswer, .notSent: return .lost(flight.number)
        case .accepted, .notFound, .refused:
            let answer = flight.answer ?? .odd(status: 0)
            if case .yes = answer {
                witnessYes(flight.number, flight.subject)
            } else if answer == .unknown {
                ledger.met(isAlive(flight.subject) ? .unknownInstance : .unknownThenDead)
            }
            return .answered(flight.number, answer)
        }
    }
}
