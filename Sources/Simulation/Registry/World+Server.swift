import BeatdCore
import Predicates

/// The registry's end of every connection: a request arrives, is applied and is answered at three times.
extension World {
    /// The server reads requests one after the other: the next one arrives, if it is there and the last was answered.
    mutating func serve(_ id: ConnectionID, after delay: Int64) {
        guard let peer = network.peers[id], !peer.isClosedByServer,
            let next = peer.flights.first(where: { $0.answer == nil }), next.isWhole, !next.isRead
        else { return }
        network.peers[id]?.change(next.number) { $0.isRead = true }
        let slow = registry.isSlowToApply ? registry.slowness[peer.server] : 0
        agenda.plan(.arrive(next.number), after: delay + slow)
    }

    /// That request gets no answer, and nothing behind it is read in time; some of it may be applied later.
    private mutating func strand(behind write: Int, on id: ConnectionID, mayApply: Bool) {
        for flight in network.peers[id]?.flights ?? [] where flight.number != write && !flight.isRead {
            guard let errand = network.errands[flight.number] else { continue }
            network.peers[id]?.change(flight.number) { $0.isRead = true }
            if mayApply, flight.isWhole, chance.happens(30) {
                applyLate(flight.number, errand)
            } else {
                network.errands[flight.number] = nil
            }
        }
    }

    /// A whole request has arrived.
    mutating func arrive(_ write: Int) {
        guard var errand = network.errands[write] else { return }
        let now = agenda.now
        switch registry.presences[errand.server] {
        case .refusing:
            network.errands[write] = nil
            strand(behind: write, on: errand.connection, mayApply: false)
            return
        case .hanging:
            ledger.hit(.outageHanging, errand.subject, at: now)
            strand(behind: write, on: errand.connection, mayApply: true)
            if chance.happens(40) {
                applyLate(write, errand)
            } else {
                network.errands[write] = nil
            }
            return
        case .up: break
        }
        if let illness = registry.illness[errand.server] { return answerIll(write, errand, illness) }
        errand.fault = network.fault(for: errand.subject, &chance)
        if errand.fault == .halfSent { errand.fault = nil }
        network.errands[write] = errand
        guard let fault = errand.fault else {
            apply(write)
            return
        }
        ledger.hit(fault, errand.subject, at: now)
        trace.note(errand.subject, at: now, "network: \(fault)")
        switch fault {
        case .requestLost:
            network.errands[write] = nil
            strand(behind: write, on: errand.connection, mayApply: true)
            if chance.happens(70) { hangUp(errand.connection) }
        case .lateApply: applyLate(write, errand)
        case .error400, .nonsense:
            network.errands[write] = nil
            answer(write, errand, nonsense(fault))
        case .error500 where chance.happens(50):
            network.errands[write] = nil
            answer(write, errand, failure)
        default: apply(write)
        }
    }

    /// Read, but applied only later: at the latest just before twice the time limit after it was sent.
    private mutating func applyLate(_ write: Int, _ errand: Errand) {
        // The interesting case: its subject dies, and its goodbye overtakes it.
        if errand.request.kind != .deregister, swarm.isActive, chance.happens(20) {
            agenda.plan(.life(errand.subject, .die), after: chance.between(0, 2 * Time.second))
        }
        let latest = errand.sentAt + 2 * swarm.timeout - 50 * Time.millisecond
        agenda.plan(.apply(write), at: chance.between(agenda.now + 1, max(latest, agenda.now + 1)))
    }

    mutating func apply(_ write: Int) {
        guard let errand = network.errands.removeValue(forKey: write), registry.presences[errand.server] != .refusing
        else { return }
        let now = agenda.now
        let isLate = network.peers[errand.connection]?.flight(write) == nil
        let kind = errand.request.kind
        let couldBringBack = registry.entries[errand.request.identity] == nil
        let response = registry.apply(errand.request, at: now)
        trace.note(errand.subject, at: now, "applied \(kind) (write \(write & 0xffff_ffff))\(isLate ? ", late" : "")")
        if kind == .deregister {
            ledger.witnesses[errand.subject].goodbyeAppliedAt = now
        } else if isLate {
            if kind == .fullBeat || kind == .lightBeat { ledger.met(.lateApplyOfBeat) }
            if couldBringBack, registry.entries[errand.request.identity] != nil,
                ledger.witnesses[errand.subject].goodbyeAppliedAt > errand.sentAt
            {
                ledger.met(.lateApplyAfterGoodbye)
            }
        }
        tellChanges()
        if registry.presences[errand.server] == .hanging {
            return strand(behind: write, on: errand.connection, mayApply: true)
        }
        switch errand.fault {
        case .answerLost:
            strand(behind: write, on: errand.connection, mayApply: true)
            if chance.happens(60) { hangUp(errand.connection) }
        case .lateApply:
            if !isLate, chance.happens(50) {
                answer(write, errand, response)
            } else {
                strand(behind: write, on: errand.connection, mayApply: true)
            }
        case .error500:
            // The interesting case: what was refused in words and applied in deed is not wanted any more.
            if kind != .deregister, swarm.isActive, chance.happens(20) {
                agenda.plan(.life(errand.subject, .die), after: chance.between(0, 300) * Time.millisecond)
            }
            answer(write, errand, failure)
        case .answerSlow:
            answer(write, errand, response, after: chance.between(200, 2600) * Time.millisecond)
        case .answerSplit: answer(write, errand, response, pieces: 2 + chance.below(4))
        default: answer(write, errand, response)
        }
    }

    /// Whatever is asked of an ill server, it says the same; what it calls an error of its own it may have done.
    private mutating func answerIll(_ write: Int, _ errand: Errand, _ illness: Registry.Illness) {
        ledger.hit(.serverIll, errand.subject, at: agenda.now)
        network.errands[write] = nil
        if illness == .error500, chance.happens(50) {
            _ = registry.apply(errand.request, at: agenda.now)
            tellChanges()
        }
        answer(write, errand, .ill(illness))
    }

    private var failure: Registry.Response {
        Registry.Response(status: 500, body: "caused: something broke;", answer: .odd(status: 500))
    }

    private mutating func nonsense(_ fault: Fault) -> Registry.Response {
        if fault == .error400 {
            return Registry.Response(status: 400, body: "Param 'ip' is illegal", answer: .odd(status: 400))
        }
        let bodies = ["", "<html><body>It works!</body></html>", "{\"code\":", "[1,2]", "{\"code\":30000}", "null"]
        return Registry.Response(status: 200, body: chance.pick(bodies), answer: .odd(status: 200))
    }

    private mutating func answer(
        _ write: Int, _ errand: Errand, _ response: Registry.Response, after delay: Int64 = 0, pieces: Int = 1
    ) {
        // Answers keep the order of requests: what is applied late behind one without an answer has none either.
        guard var peer = network.peers[errand.connection], !peer.isClosedByServer, let epoch = beatd?.epoch,
            peer.flights.first(where: { $0.answer == nil })?.number == write
        else { return }
        peer.requests += 1
        let isFull = peer.requests >= 100 && registry.species != .rnacos
        if isFull { ledger.met(.connectionFull) }
        let closes = isFull || [400, 500, 501].contains(response.status) || response.status == 0
        peer.change(write) { $0.answer = response.answer }
        peer.isClosedByServer = closes
        network.peers[errand.connection] = peer
        let bytes = ResponseBytes.make(response, closes: closes)
        let slow = registry.isSlowToApply ? 0 : registry.slowness[errand.server]
        if registry.slowness[errand.server] > 0 { ledger.hit(.serverSlow, errand.subject, at: agenda.now) }
        var at = agenda.now + delay + slow + chance.between(150_000, 900_000)
        var start = 0
        for piece in 1...pieces {
            let end = piece == pieces ? bytes.count : start + (bytes.count - start) / 2
            agenda.plan(.bytesForBeatd(errand.connection, Array(bytes[start..<end]), epoch: epoch), at: at)
            start = end
            at += chance.between(1, 150) * Time.millisecond
        }
        if closes {
            if peer.flights.contains(where: { !$0.isRead }) { ledger.met(.behindRefusal) }
            strand(behind: write, on: errand.connection, mayApply: false)
            agenda.plan(.peerClosed(errand.connection, epoch: epoch), at: at)
        } else {
            serve(errand.connection, after: at - agenda.now)
        }
    }

    // MARK: Connections end

    /// The server resets or closes a connection.
    private mutating func hangUp(_ id: ConnectionID) {
        guard let epoch = beatd?.epoch, network.peers[id]?.isClosedByServer == false else { return }
        network.peers[id]?.isClosedByServer = true
        agenda.plan(.peerClosed(id, epoch: epoch), after: chance.between(200_000, 5 * Time.millisecond))
    }

    mutating func hangUpAll() { for id in network.peers.keys.sorted() { hangUp(id) } }

    mutating func closeIdle(_ id: ConnectionID) {
        guard let peer = network.peers[id], let epoch = beatd?.epoch, !peer.isClosedByServer else { return }
        let limit = registry.idleLimit
        guard peer.flights.isEmpty, agenda.now - peer.lastActivity >= limit else {
            let next = peer.flights.isEmpty ? peer.lastActivity + limit : agenda.now + limit
            agenda.plan(.idle(id, epoch: epoch), at: next)
            return
        }
        ledger.met(.idleClosed)
        hangUp(id)
    }

    mutating func bringRegistryUp() {
        if registry.presences[network.server] != .up { oracle.trouble(nil, at: agenda.now) }
        registry.presences = registry.presences.map { _ in .up }
        registry.illness = registry.illness.map { _ in nil }
        oracle.ill([], at: agenda.now)
    }

    mutating func makeRegistryQuick() {
        registry.slowness = registry.slowness.map { _ in 0 }
        oracle.quick(at: agenda.now)
    }

    /// A restart: ephemeral entries and requests under way are gone.
    mutating func forgetAll() {
        let alive = host.subjects.indices.filter { isAlive($0) }
        if registry.entries.count > 1 { ledger.met(.forgotAll) }
        for subject in alive { ledger.hit(.forgetAll, subject, at: agenda.now) }
        registry.forgetAll()
        network.errands = [:]
        hangUpAll()
        tellChanges()
        oracle.trouble(nil, at: agenda.now)
        trace.note(nil, at: agenda.now, "the registry forgot all")
    }
}
