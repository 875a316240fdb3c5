import BeatdCore
import BeatdNacos
import Predicates

/// beatd's connections: the product's own conversations, with sockets that take half and peers that go.
extension World {
    mutating func open(_ id: ConnectionID) {
        guard let epoch = beatd?.epoch else { return }
        oracle.opened(at: agenda.now)
        var peer = Peer()
        peer.lastActivity = agenda.now
        network.peers[id] = peer
        switch registry.presence {
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
        if let write = peer.write {
            oracle.lost(write.number, at: agenda.now)
            landed(write.subject)
            trace.note(write.subject, at: agenda.now, "beatd gave up write \(write.number & 0xffff_ffff)")
        }
    }

    mutating func write(on id: ConnectionID) {
        while network.peers[id]?.conversation.wantsOrder == true,
            let order = beatd?.reactor.nextWrite(on: id, at: Instant(nanoseconds: agenda.now))
        {
            send(order, on: id)
        }
    }

    private mutating func send(_ order: WriteOrder, on id: ConnectionID) {
        guard var peer = network.peers[id], let epoch = beatd?.epoch else { return }
        let now = agenda.now
        peer.conversation.ask(order)
        let bytes = Array(peer.conversation.unsent)
        let number = epoch << 32 | Int(order.id.number)
        let subject = Int(order.instance.identity.service.service.dropFirst(3)) ?? 0
        let isFull = network.weather?.fault == .halfSent && chance.happens(20)
        if isFull || peer.isClosedByServer && chance.happens(50) {
            if isFull { ledger.hit(.halfSent, subject, at: now) }
            let outcomes = isFull ? peer.conversation.giveUp("full") : peer.conversation.ended("broken pipe")
            network.peers[id] = nil
            tell(outcomes, on: id, write: nil, answer: .odd(status: 0))
            return
        }
        peer.write = (number, subject)
        note(order, subject)
        let request = WireRequest(bytes)
        oracle.left(request, write: number, at: now)
        trace.mix(now)
        trace.mix(bytes)
        trace.note(
            subject, at: now,
            "LEFT \(order.kind) \(order.instance.cluster) \(order.instance.identity) (write \(order.id.number))")
        if let request {
            network.errands[number] = Errand(connection: id, request: request, sentAt: now, subject: subject)
        }
        if peer.isClosedByServer { ledger.met(.writeOnClosing) }
        if network.weather?.fault == .halfSent, network.fault(for: subject, &chance) != nil {
            ledger.hit(.halfSent, subject, at: now)
            peer.conversation.took(1 + chance.below(bytes.count - 1))
            agenda.plan(.socketTakesRest(id, epoch: epoch), after: chance.between(1, 400) * Time.millisecond)
        } else {
            peer.conversation.took(bytes.count)
            if !peer.isClosedByServer { agenda.plan(.arrive(number), after: chance.between(150_000, 900_000)) }
        }
        network.peers[id] = peer
    }

    /// The socket was full; it takes the rest of a request now, if that may still leave.
    mutating func takeRest(_ id: ConnectionID) {
        guard var peer = network.peers[id], let write = peer.write, let order = peer.conversation.inFlight else {
            return
        }
        guard beatd?.reactor.mayFinish(order, at: Instant(nanoseconds: agenda.now)) == true else {
            ledger.met(.halfSentGivenUp)
            network.peers[id] = nil
            network.errands[write.number] = nil
            tell(peer.conversation.giveUp("half sent"), on: id, write: write, answer: peer.answer)
            return
        }
        if let request = network.errands[write.number]?.request { oracle.finished(request, at: agenda.now) }
        network.peers[id]?.conversation.took(peer.conversation.unsent.count)
        if !peer.isClosedByServer { agenda.plan(.arrive(write.number), after: 300_000) }
    }

    mutating func receive(_ bytes: [UInt8], isLast: Bool, on id: ConnectionID) {
        guard let peer = network.peers[id] else { return }
        let outcomes = network.peers[id]?.conversation.received(bytes) ?? []
        if network.peers[id]?.conversation.hasEnded == true { network.peers[id] = nil }
        if !outcomes.isEmpty { network.peers[id]?.write = nil }
        network.peers[id]?.lastActivity = agenda.now
        tell(outcomes, on: id, write: peer.write, answer: peer.answer)
    }

    mutating func peerClosed(_ id: ConnectionID) {
        guard var peer = network.peers.removeValue(forKey: id) else { return }
        tell(peer.conversation.ended("closed by the peer"), on: id, write: peer.write, answer: peer.answer)
    }

    private mutating func tell(
        _ outcomes: [LinkConversation.Outcome], on connection: ConnectionID, write: (number: Int, subject: Int)?,
        answer: Answer
    ) {
        for outcome in outcomes {
            switch outcome {
            case .closed(let why): deliver(.closed(connection, why))
            case .replied(let id, let reply):
                if let write {
                    landed(write.subject)
                    trace.note(write.subject, at: agenda.now, "write \(id.number): \(reply)")
                }
                deliver(.replied(id, reply), note(reply, write, answer))
            }
        }
    }

    private mutating func note(_ reply: Reply, _ write: (number: Int, subject: Int)?, _ answer: Answer) -> Beatd.Note {
        guard let write else { return .none }
        switch reply {
        case .noAnswer, .notSent: return .lost(write.number)
        case .accepted, .notFound, .refused:
            if case .yes = answer {
                witnessYes(write.number, write.subject)
            } else if answer == .unknown {
                ledger.met(isAlive(write.subject) ? .unknownInstance : .unknownThenDead)
            }
            return .answered(write.number, answer)
        }
    }
}
