import BeatdCore
import Predicates

/// Looks take time, are overtaken, hindered or lost; ends of processes are told late, twice or never.
extension World {
    mutating func begin(_ order: LookOrder) {
        guard let epoch = beatd?.epoch, let (subject, isFile, number) = find(order.target) else { return }
        let now = agenda.now
        if isFile, !isKnown(number, subject) { evictTrickster(subject) }
        var flight = Beatd.LookFlight(order: order, orderedAt: now, subject: subject, isFile: isFile, number: number)
        if swarm.strikes(.lostLook, 2, &chance) {
            flight.fault = .lostLook
            ledger.hit(.lostLook, subject, at: now)
            trouble(subject)
            return
        }
        if isFile, host.subjects[subject].isTrap, now % Host.tick < 5 * Time.millisecond {
            spring(subject)
            flight.facts = host.look(at: subject, isFile: true, at: now)
            beatd?.looks[order.id] = flight
            agenda.plan(.report(order.id, epoch: epoch), after: 300_000)
            return
        }
        let isConnecting = !isFile && host.connects(host.subjects[subject])
        let isHanging = isConnecting && host.subjects[subject].listener.state == .hanging
        let limit = order.target.timeout.nanoseconds
        let isHindered = isFile || isConnecting ? swarm.strikes(.hinderedLook, 8, &chance) : isDumpFailing(at: now)
        if isHindered {
            flight.fault = .hinderedLook
            let want = isFile || isConnecting ? "out of file descriptors" : "sock_diag: Interrupted system call"
            flight.facts = (.hindered(want), .hindered)
            ledger.hit(.hinderedLook, subject, at: now)
        }
        if isHanging {
            flight.facts = flight.facts ?? host.look(at: subject, isFile: false, at: now)
            if flight.fault == nil { ledger.hit(.listenerHangs, subject, at: now) }
        }
        beatd?.looks[order.id] = flight
        if isHanging {
            agenda.plan(.report(order.id, epoch: epoch), after: limit)
        } else if swarm.strikes(.slowLook, 40, &chance) {
            ledger.hit(.slowLook, subject, at: now)
            let duration = chance.between(20 * Time.millisecond, limit - 10 * Time.millisecond)
            let share = chance.below(101)
            agenda.plan(.sample(order.id, epoch: epoch), after: duration * Int64(share) / 100)
            agenda.plan(.report(order.id, epoch: epoch), after: duration)
        } else {
            agenda.plan(.report(order.id, epoch: epoch), after: chance.between(50_000, 900_000))
        }
    }

    /// One dump answers all looks at ports that begin at one instant: it fails for all of them.
    private mutating func isDumpFailing(at now: Int64) -> Bool {
        if let dump = beatd?.known.dump, dump.at == now {
            if dump.isFailing { ledger.met(.dumpFailsForSeveral) }
            return dump.isFailing
        }
        let isFailing = swarm.strikes(.hinderedLook, 40, &chance)
        beatd?.known.dump = Beatd.Dump(at: now, isFailing: isFailing)
        return isFailing
    }

    private func find(_ target: Target) -> (subject: Int, isFile: Bool, number: Int)? {
        let subject: Int?
        let isFile: Bool
        switch target.kind {
        case .tcp(_, let port), .port(let port, _): (subject, isFile) = (port - 9000, false)
        case .pidfile(let path, _): (subject, isFile) = (Int(path.dropFirst(8).dropLast(4)), true)
        }
        guard let subject else { return nil }
        let variant = target.interval == .seconds(2) ? 0 : 1
        return (subject, isFile, Subject.number(subject, isFile: isFile, variant: variant))
    }

    /// What is seen now is what the report will say.
    mutating func sample(_ id: LookID) {
        guard let flight = beatd?.looks[id], flight.facts == nil else { return }
        let facts = host.look(at: flight.subject, isFile: flight.isFile, at: agenda.now)
        beatd?.looks[id]?.facts = facts
        blame(flight, facts.seen)
    }

    mutating func report(_ id: LookID) {
        sample(id)
        guard let flight = beatd?.looks.removeValue(forKey: id), let facts = flight.facts else { return }
        // Later than the heart waits for it, after a stall: whether its tick or this comes first is nobody's promise.
        guard agenda.now - flight.orderedAt <= flight.order.target.timeout.nanoseconds + 2 * Time.second else { return }
        if flight.wasOvertaken, case .subject = facts.seen { ledger.met(.lookOvertakenByWake) }
        if agenda.now - ledger.witnesses[flight.subject].lookedAt > 5 * Time.second {
            ledger.witnesses[flight.subject].lookedAfterStaleAt = agenda.now
        }
        ledger.witnesses[flight.subject].lookedAt = agenda.now
        if case .subject(let process?, _, _) = facts.seen, case .pidfile(.process(let stamp, _)) = facts.sighting {
            beatd?.known.seen[flight.number] = Beatd.Acquaintance(process: process, stamp: stamp)
        }
        if case .pidfile(.process(_, let sighted)) = facts.sighting {
            beatd?.known.held[sighted.identity] = facts.seen.process
        }
        trace.mix(agenda.now)
        trace.mix(Int64(flight.number))
        let report = SightingReport(
            order: id, began: Instant(nanoseconds: flight.orderedAt), ended: Instant(nanoseconds: agenda.now),
            seen: facts.sighting)
        deliver(
            .saw([report]), .looked(flight.number, facts.seen, ordered: flight.orderedAt, began: flight.orderedAt))
    }

    /// Which fault changed what was seen.
    private mutating func blame(_ flight: Beatd.LookFlight, _ seen: Seen) {
        let subject = host.subjects[flight.subject]
        let cause = flight.isFile ? subject.file.cause : subject.listener.cause
        if let process = host.process(of: flight.subject) {
            if flight.isFile, process.isLeaderDead {
                ledger.hit(.deadLeader, flight.subject, at: agenda.now)
                if case .subject = seen { ledger.met(.deadLeaderSeen) }
            }
            if flight.isFile, case .stranger = seen, process.executable != subject.executable {
                ledger.hit(.exec, flight.subject, at: agenda.now)
                return
            }
        }
        switch seen {
        case .subject, .listener: return
        default: break
        }
        if flight.isFile, case .nobody(let pid) = seen, host.unreaped[pid] != nil {
            ledger.hit(.unreaped, flight.subject, at: agenda.now)
            ledger.met(.unreapedSeen)
        }
        if case .stranger = seen, host.tricksters[flight.subject] != nil, subject.file.cause == .reuse {
            ledger.met(.reuseBySameProgram)
        }
        if case .stranger = seen, cause == .death || cause == nil {
            ledger.hit(.reuse, flight.subject, at: agenda.now)
        } else if let cause {
            ledger.hit(cause, flight.subject, at: agenda.now)
        }
    }

    // MARK: Ends of processes

    mutating func watch(_ identity: ProcessIdentity) {
        guard let epoch = beatd?.epoch else { return }
        let held = beatd?.known.held[identity] ?? 0
        beatd?.known.watched[identity] = held
        // It may have ended between the look and this watch: its pidfd is readable already.
        if host.processes[identity.pid]?.serial != held {
            agenda.plan(.exited(identity, process: held, epoch: epoch), after: 100_000)
        }
    }

    /// The kernel knows that a process has ended; beatd is told, as far as the swarm lets it.
    mutating func announceEnd(_ identity: ProcessIdentity, _ serial: Int, of subject: Int, isPrompt: Bool) {
        guard let beatd, beatd.known.watched[identity] == serial else { return }
        let now = agenda.now
        let epoch = beatd.epoch
        let end = Happening.exited(identity, process: serial, epoch: epoch)
        if isPrompt {
            agenda.plan(end, after: 0)
        } else if swarm.strikes(.wakeLost, 200, &chance) {
            ledger.hit(.wakeLost, subject, at: now)
        } else if swarm.strikes(.wakeLate, 200, &chance) {
            ledger.hit(.wakeLate, subject, at: now)
            agenda.plan(end, after: chance.between(Time.millisecond, 3 * Time.second))
        } else {
            agenda.plan(end, after: 250_000)
        }
        if swarm.strikes(.wakeDoubled, 300, &chance) {
            ledger.hit(.wakeDoubled, subject, at: now)
            agenda.plan(end, after: chance.between(300_000, 3 * Time.second))
        }
    }

    mutating func tellExit(_ identity: ProcessIdentity, _ process: Int) {
        for (id, flight) in beatd?.looks ?? [:] where flight.isFile && flight.facts != nil {
            if case .subject(let seen, _, _) = flight.facts?.seen, seen == process {
                beatd?.looks[id]?.wasOvertaken = true
            }
        }
        deliver(.exited(identity), .exited(process))
    }
}
