extension BeatReactor {
    // MARK: Tasks to leases

    /// Decides a task anew and makes everything follow: what its leases want, its phase, its timer.
    mutating func refresh(_ id: TaskID, at now: Instant, into effects: inout Effects) {
        guard course.stop == nil else { return }
        if tasks[id].pending != nil {
            let old = tasks[id].targets
            if tasks[id].adoptPending(at: now) {
                resubscribe(id, from: old, at: now, into: &effects)
                assign(id, at: now, into: &effects)
            }
        }
        var standing = leases.standing(of: tasks[id].claim.lease, at: now)
        standing.problem = registry.problem
        let wasAlive = tasks[id].wasAlive
        let decision = tasks[id].decide(standing, of: folder.addresses, at: now)
        if tasks[id].wasAlive != wasAlive { memory.isDirty = true }
        apply(decision.want, of: id, at: now, into: &effects)
        if let transition = tasks[id].enter(decision, at: now) { effects.append(.transition(transition)) }
        timers.arm(&tasks[id].timer, .task(id), due: decision.until)
    }

    /// Nothing can be written any more, or again, or for another reason: those who wait say so.
    mutating func tellProblem(at now: Instant, into effects: inout Effects) {
        guard registry.problem != toldProblem else { return }
        toldProblem = registry.problem
        for id in tasks.ids where tasks[id].phase == .registering { refresh(id, at: now, into: &effects) }
    }

    private mutating func apply(_ want: BeatTask.Want, of id: TaskID, at now: Instant, into effects: inout Effects) {
        if let lease = tasks[id].claim.lease {
            let timing = tasks[id].descriptor.beat
            switch want {
            case .nobody, .later: leases[lease].want(nil, timing: timing, at: now)
            case .unchanged where !leases[lease].isWanted: break
            case .unchanged, .registered:
                if let instance = tasks[id].claim.instance { leases[lease].want(instance, timing: timing, at: now) }
            }
            schedule(lease, at: now, into: &effects)
        }
        if tasks[id].claim.leaving.isEmpty { return }
        let stands = tasks[id].claim.lease.map { leases[$0].isUp(at: now) } ?? false
        if want == .nobody || stands {
            for lease in tasks[id].claim.leaving { disown(lease, at: now, into: &effects) }
            tasks[id].claim.leaving = []
        } else {
            for lease in tasks[id].claim.leaving { schedule(lease, at: now, into: &effects) }
        }
    }

    // MARK: Leases to the queue

    /// Puts the lease where its state says: in the queue, on the timer, or out of the table when nothing of it is left.
    mutating func schedule(_ id: LeaseID, at now: Instant, into effects: inout Effects) {
        flights.count(&leases[id])
        guard let due = leases[id].due(at: now) else {
            queue.remove(id)
            arm(id, nil)
            if let write = leases[id].isInFlight {
                flights.wait(for: write, until: leases[id].limit, &timers)
            } else if leases[id].owner == nil {
                note(.none, of: id)
                leases.remove(id)
            }
            return
        }
        // An entry that is about to leave is kept while it stands, and never made again.
        if due.kind == .hello, let owner = leases[id].owner, tasks[owner].claim.lease != id {
            queue.remove(id)
            return arm(id, nil)
        }
        // What failed waits for its whole back-off: rounded down, 0.2 s would become 0.1 s.
        let isOnGrid = due.kind == .beat && leases[id].counts.failures == 0
        let at = isOnGrid ? flights.roundedDown(due.at) : due.at
        guard at <= now else {
            queue.remove(id)
            return arm(id, at)
        }
        arm(id, nil)
        guard due.kind == .goodbye || mayWrite(id, at: now) else {
            queue.remove(id)
            lookAgain(id, at: now, into: &effects)
            return
        }
        queue.insert(id, due.kind)
    }

    /// The connection's timer fired: the first of its answers to be missed is, or was that of a write answered by now.
    mutating func overdue(_ connection: ConnectionID, at now: Instant, into effects: inout Effects) {
        flights.forget(connection)
        let limits = registry.inFlight(on: connection).compactMap { flights[$0].flatMap { leases[$0.lease].limit } }
        guard let limit = limits.min() else { return }
        guard limit <= now else { return flights.wait(for: connection, until: limit, &timers) }
        giveUp(connection, at: now, into: &effects)
    }

    mutating func giveUp(_ connection: ConnectionID, at now: Instant, into effects: inout Effects) {
        effects.append(.close(connection))
        abandon(registry.gaveUp(on: connection, at: now, &chance), "no answer in time", at: now, into: &effects)
    }

    /// Those writes have no answer, and will have none.
    mutating func abandon(_ writes: [WriteID], _ why: String, at now: Instant, into effects: inout Effects) {
        for write in writes {
            if let flight = flights.land(write) { landed(flight.lease, .noAnswer(why), at: now, into: &effects) }
        }
    }

    /// Promise P1, now.
    private func mayWrite(_ id: LeaseID, at now: Instant) -> Bool {
        #if DELIBERATE_BUGS
            switch DeliberateBug.chosen {
            case .beatAfterDeath where flights.isJudging: return true
            case .repeatAfterGoodbye, .noRecheck: if leases[id].notes.isBlind { return true }
            default: break
            }
        #endif
        guard let owner = leases[id].owner else { return false }
        return tasks[owner].gate.mayBeat(at: now)
    }

    /// A write is due on looks that are too old: look at once instead of waiting for the next interval.
    private mutating func lookAgain(_ id: LeaseID, at now: Instant, into effects: inout Effects) {
        guard let owner = leases[id].owner else { return }
        for target in tasks[owner].gate.staleTargets(at: now) {
            if let target = looks.id(of: target), looks[target]?.out == nil {
                looks.look(target, &timers, at: now, into: &effects)
            }
        }
    }

    private mutating func arm(_ id: LeaseID, _ due: Instant?) {
        timers.arm(&leases[id].notes.timer, .lease(id), due: due)
    }

    // MARK: The queue to connections

    /// Asks idle connections to write, and for more of them where they don't suffice.
    mutating func pump(at now: Instant, into effects: inout Effects) {
        let ready = queue.ready(at: now)
        guard let ready, ready <= now else { return timers.arm(&flights.timer, .write, due: ready) }
        let beats = Double(flights.beatsPerHour) / 3600
        let rate = max(beats, Double(min(queue.count, settings.registry.writesPerSecond)))
        let others = queue.count - queue.beatCount
        registry.pump(
            beats: queue.beatCount, others: others, hasGoodbyes: queue.hasGoodbyes, rate: rate, at: now, into: &effects)
        timers.arm(&flights.timer, .write, due: registry.nextChance(after: now))
    }

    /// What that connection is to send at this very instant; nil for nothing (more).
    ///
    /// Budget, order and P1 are judged here.
    package mutating func nextWrite(on connection: ConnectionID, at now: Instant) -> WriteOrder? {
        #if DELIBERATE_BUGS
            flights.isJudging = true
            defer { flights.isJudging = false }
        #endif
        let room = registry.room(on: connection, at: now)
        if room == .inquiry { return inquire(on: connection, at: now) }
        while let (id, kind) = queue.next(for: room, at: now) {
            guard kind == .goodbye || mayWrite(id, at: now), leases[id].due(at: now)?.kind == kind else {
                // Something changed since it was queued: the next turn decides anew.
                queue.giveBack(kind)
                arm(id, now)
                continue
            }
            // What was refused may be refused again, and nothing behind a refusal is answered: it goes alone.
            let isShared = kind == .beat && registry.lightBeats && leases[id].counts.last?.outcome == .accepted
            guard isShared || room == .anything else {
                queue.insert(id, kind)
                break
            }
            let write = flights.depart(
                Flights.Flight(lease: id, connection: connection, at: now, isBeat: kind == .beat))
            let limit = kind == .beat ? registry.patience(for: leases[id].pace, at: now) : settings.registry.timeout
            let (order, instance) = leases[id].send(
                write, kind, lightBeats: registry.lightBeats, within: limit, at: now)
            registry.wrote(write, on: connection, isShared: isShared, within: limit, at: now)
            flights.wait(for: write, until: leases[id].limit, &timers)
            memory.isDirty = memory.isDirty || order == .register
            return registry.order(write, order, instance)
        }
        registry.filled(connection)
        // It took fewer than `pump` reckoned with: the rest needs another one.
        if queue.beatCount > 0, registry.tookFew(connection) { timers.arm(&flights.timer, .write, due: now) }
        return nil
    }

    /// Before anything is written to a new server: which API it speaks, about the service that comes first.
    private mutating func inquire(on connection: ConnectionID, at now: Instant) -> WriteOrder? {
        guard let first = leases.ids.first else { return nil }
        timers.arm(&flights.inquiry, .inquiry, due: now + settings.registry.timeout)
        return registry.inquire(flights.issue(), about: leases[first].holding.lastSent, on: connection, at: now)
    }

    /// Whether the rest of a write that left in part may follow: promises P1 and P2, at this instant.
    package func mayFinish(_ write: WriteID, at now: Instant) -> Bool {
        guard let id = flights[write]?.lease else { return registry.isInquiry(write) }
        return leases[id].isSayingGoodbye || (leases[id].wanted != nil && mayWrite(id, at: now))
    }

    // MARK: Answers

    mutating func replied(_ write: WriteID, _ reply: Reply, at now: Instant, into effects: inout Effects) {
        guard let flight = flights.land(write) else {
            return registry.inquired(write, reply, at: now, &chance)
        }
        switch reply {
        case .accepted, .notFound, .refused:
            registry.answered(
                write, on: flight.connection, took: now - flight.at, reply: reply, wasBeat: flight.isBeat, at: now)
        case .notSent:
            // Its token stays spent: given back after the bucket has filled up, it would let two leave where one may.
            registry.didNotWrite(write, on: flight.connection)
        case .noAnswer:
            break  // its connection's end, which follows, says what that means for the server
        }
        if registry.inFlight(on: flight.connection).isEmpty { flights.waitNoMore(for: flight.connection, &timers) }
        landed(flight.lease, reply, at: now, into: &effects)
    }

    /// A connection stands; what another server held is registered anew at this one.
    mutating func connected(_ id: ConnectionID, at now: Instant, into effects: inout Effects) {
        guard registry.connected(id, interval: BeatTiming().interval, at: now, &chance) else { return }
        for lease in leases.ids {
            leases[lease].moveToAnotherServer(at: now)
            schedule(lease, at: now, into: &effects)
        }
        for task in tasks.ids { refresh(task, at: now, into: &effects) }
        memory.isDirty = true
    }

    mutating func closed(_ id: ConnectionID, _ why: ClosedReason, at now: Instant, into effects: inout Effects) {
        abandon(registry.closed(id, why, at: now, &chance), "the connection ended", at: now, into: &effects)
    }

    /// A write ended, one way or another.
    private mutating func landed(_ id: LeaseID, _ reply: Reply, at now: Instant, into effects: inout Effects) {
        let wasRefused = leases[id].currentRefusal != nil
        if leases[id].replied(reply, at: now, &chance) { memory.isDirty = true }
        note(reply, of: id, at: now, into: &effects)
        guard let owner = leases[id].owner, course.stop == nil else { return schedule(id, at: now, into: &effects) }
        // One more beat of an instance that is up decides nothing anew.
        if case .accepted = reply, !wasRefused, let lapse = leases[id].lapse,
            tasks[owner].goesOn(with: id, until: lapse)
        {
            return schedule(id, at: now, into: &effects)
        }
        refresh(owner, at: now, into: &effects)
        if leases.holds(id), leases[id].owner == owner, tasks[owner].claim.lease != id {
            schedule(id, at: now, into: &effects)
        }
    }

    /// Counts the answer, and tells people of a refusal in the registry's own words.
    private mutating func note(_ reply: Reply, of id: LeaseID, at now: Instant, into effects: inout Effects) {
        switch reply {
        case .accepted, .notFound:
            answers.noteWell()
            // A goodbye that was accepted says nothing of what follows.
            note(leases[id].isWanted ? .accepted : .none, of: id)
        case .refused(let refusal):
            if !refusal.isIll {
                answers.noteWell()
            } else if leases[id].notes.illStretch != answers.stretch {
                leases[id].notes.illStretch = answers.stretch
                answers.noteIll()
            }
            note(.refused, of: id)
            guard let refused = leases[id].refusalToTell(at: now) else { return }
            effects.append(.refused(name: leases[id].name, refused.kind, refused.refusal))
        case .noAnswer: note(leases[id].isWanted ? .lost : .none, of: id)
        case .notSent: break
        }
    }

    private mutating func note(_ answer: AnswerCounts.Answer, of id: LeaseID) {
        answers.change(from: leases[id].notes.answer, to: answer)
        leases[id].notes.answer = answer
    }
}
