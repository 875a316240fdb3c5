/// What one wire identity may still hold at the server, and so what may be written next.
///
/// One enum of states; one write in flight at most. It outlives the task that wanted it, until nothing of it can be left.
struct Lease {
    enum State: Hashable {
        /// The server holds nothing of ours.
        case empty
        /// A registration is to be sent.
        case hello(due: Instant)
        case helloSent(WriteID, at: Instant)
        /// Registered; the next beat is due.
        case held(due: Instant)
        case beatSent(WriteID, at: Instant)
        /// A deregistration is owed.
        case goodbye(due: Instant)
        case goodbyeSent(WriteID, at: Instant)
        /// The goodbye was answered, but an earlier write was not: it is said again, since that write may come late.
        case settled(again: Instant)
    }

    // What each beat changes stands first, what none of them asks for last.
    private(set) var state = State.empty
    /// What should be at the server; nil: nothing.
    private(set) var wanted: Instance?
    private(set) var holding: Holding
    private(set) var counts = BeatCounts()
    var pace: Pace
    /// What the reactor notes about it.
    var notes = LeaseNotes()
    /// Whose looks carry its writes; nil once nobody's: then only goodbyes leave.
    var owner: TaskID?
    private var grid: BeatGrid
    /// When the write in flight is given up.
    @InstantOrNone private(set) var limit: Instant? = nil
    /// Apart from the lease: few were refused, and all have room for it.
    var refused: Shared<RefusedWrite>?
    /// The descriptor that wants it, or wanted it last, by NAME.
    var name: String

    /// The same for all that it ever sends.
    var identity: WireIdentity { holding.lastSent.identity }
    var isWanted: Bool { wanted != nil }
    /// Only what an earlier run left is wanted without an owner.
    var isOrphan: Bool { owner == nil && isWanted }

    /// Odd answers in a row to beats after which we register again.
    static let oddAnswersUntilHello = 3
    /// Once nobody wants the instance any more its beat in flight is waited for no longer than this (contract 4).
    static let lastBeatLimit = Duration.seconds(1)

    init(_ instance: Instance, timing: BeatTiming, name: String, owner: TaskID?, timeout: Duration) {
        grid = BeatGrid(instance.identity)
        holding = Holding(lastSent: instance)
        pace = Pace(timing, timeout: timeout)
        self.name = name
        self.owner = owner
    }

    /// A lease that an earlier run left: registered as far as it knew, its last write of unknown fate.
    init(restored: RememberedLease, timeout: Duration, at now: Instant) {
        let timing = BeatTiming(preservedIn: restored.instance.metadata)
        self.init(restored.instance, timing: timing, name: restored.name, owner: nil, timeout: timeout)
        wanted = restored.instance
        holding.published = restored.instance
        holding.isRegistered = true
        holding.doubt = Holding.Doubt(since: now, instance: restored.instance)
        state = .held(due: now)
    }

    // MARK: What is asked of it

    @inline(__always)
    var isInFlight: WriteID? {
        switch state {
        case .helloSent(let id, _), .beatSent(let id, _), .goodbyeSent(let id, _): id
        case .empty, .hello, .held, .goodbye, .settled: nil
        }
    }

    /// The registration in flight.
    var flying: Instance? { if case .helloSent = state { holding.lastSent } else { nil } }

    var isSayingGoodbye: Bool { if case .goodbyeSent = state { true } else { false } }

    /// Whether anything of it may still be at the server.
    var mayHold: Bool { holding.published != nil || holding.doubt != nil }

    /// The same, but for a write that may still come late after the goodbye that undid it.
    var isEntryLikely: Bool { holding.published != nil || holding.doubt?.isUndone == false }

    /// When `isUp` ends by itself.
    @inline(__always)
    var lapse: Instant? { holding.isRegistered ? holding.accepted.map { $0 + pace.timing.deleteAfter } : nil }

    /// Which queue its next write belongs to and when it is due; nil while one is in flight or none is owed.
    @inline(__always)
    func due(at now: Instant) -> (kind: WriteClass, at: Instant)? {
        switch state {
        case .empty, .helloSent, .beatSent, .goodbyeSent: return nil
        case .hello(let due): return (.hello, due)
        case .held(let due):
            if isLapsed(at: now) { return (.hello, due) }
            if let correction = holding.correction, correction <= due { return (.hello, correction) }
            return (.beat, due)
        case .goodbye(let due), .settled(let due): return (.goodbye, due)
        }
    }

    /// No beat was accepted for so long that the registry has deleted the entry.
    @inline(__always)
    private func isLapsed(at now: Instant) -> Bool {
        holding.accepted.map { now >= $0 + pace.timing.deleteAfter } ?? false
    }

    // MARK: What happens to it

    /// The task changed its mind.
    ///
    /// In flight nothing is decided: the answer, or its time limit, comes first.
    mutating func want(_ instance: Instance?, timing: BeatTiming, at now: Instant) {
        if timing != pace.timing {
            pace = Pace(timing, timeout: pace.timeout)
            if case .beatSent(_, let at) = state { limit = limit.map { min($0, at + pace.beatLimit) } }
            if case .held = state, wanted != nil, wanted == instance, counts.failures == 0 { rest(due: now, at: now) }
        }
        guard wanted != instance else { return }
        wanted = instance
        if currentRefusal != nil { refusal?.toldAt = .longAgo }
        switch state {
        case .beatSent:
            if instance == nil, let limit { self.limit = min(limit, now + Self.lastBeatLimit) }
            return
        case .helloSent, .goodbyeSent: return
        case .goodbye: if instance == nil { return }
        case .settled: if instance == nil || isDoubtInTheWay { return }
        case .empty, .hello, .held: break
        }
        rest(due: now, at: now)
    }

    /// An answer is waited for no longer than this from now on, also by the write in flight.
    mutating func wait(atMost timeout: Duration) {
        guard timeout != pace.timeout else { return }
        pace.timeout = timeout
        switch state {
        case .helloSent(_, let at), .beatSent(_, let at), .goodbyeSent(_, let at):
            limit = limit.map { min($0, at + timeout) }
        case .empty, .hello, .held, .goodbye, .settled: break
        }
    }

    /// What `due` says leaves now: what it is, and of which instance; its answer is waited for so long.
    ///
    /// The caller has judged P1 for all but goodbyes.
    mutating func send(
        _ id: WriteID, _ kind: WriteClass, lightBeats: Bool, within length: Duration, at now: Instant
    ) -> (WriteOrder.Kind, Instance) {
        limit = now + length
        switch kind {
        case .goodbye:
            holding.lastSent = holding.published ?? holding.doubt?.instance ?? holding.lastSent
            state = .goodbyeSent(id, at: now)
            holding.isRegistered = false
            return (.deregister, holding.lastSent)
        case .hello:
            #if DELIBERATE_BUGS
                notes.isBlind = false
            #endif
            holding.lastSent = wanted ?? holding.lastSent
            state = .helloSent(id, at: now)
            holding.correction = nil
            return (.register, holding.lastSent)
        case .beat:
            if case .held(let due) = state { grid.lastDue = due }
            if let wanted, wanted != holding.lastSent { holding.lastSent = wanted }
            state = .beatSent(id, at: now)
            return (.beat(light: lightBeats, period: pace.timing.interval), holding.lastSent)
        }
    }

    /// The write in flight ended; says whether what the server holds may be another now.
    @discardableResult
    mutating func replied(_ reply: Reply, at now: Instant, _ chance: inout Chance) -> Bool {
        note(reply, at: now)
        limit = nil
        switch state {
        case .helloSent(_, let sentAt):
            helloReplied(reply, holding.lastSent, sentAt: sentAt, at: now, &chance)
            return true
        case .beatSent(_, let sentAt):
            beatReplied(reply, sentAt: sentAt, at: now, &chance)
            return false
        case .goodbyeSent(_, let sentAt):
            goodbyeReplied(reply, sentAt: sentAt, at: now, &chance)
            return true
        case .empty, .hello, .held, .goodbye, .settled:
            preconditionFailure("a lease got an answer though nothing was in flight")
        }
    }

    /// Another server is in use: it is told anew, and what the old one holds lapses there.
    mutating func moveToAnotherServer(at now: Instant) {
        holding.moved()
        if isInFlight == nil { rest(due: now, at: now) }
    }

    private mutating func helloReplied(
        _ reply: Reply, _ instance: Instance, sentAt: Instant, at now: Instant, _ chance: inout Chance
    ) {
        switch reply {
        case .accepted:
            counts.failures = 0
            counts.odd = 0
            if let doubt = holding.doubt, doubt.instance != instance, lateUntil(doubt) > now {
                holding.correction = lateUntil(doubt)
            }
            #if DELIBERATE_BUGS
                if DeliberateBug.chosen == .helloFirst, let old = holding.published, !instance.replacesInPlace(old) {
                    holding.published = old
                    state = .goodbye(due: now)
                    return
                }
            #endif
            holding.published = instance
            holding.isRegistered = true
            holding.accepted = now
            rest(due: now, at: now)
        case .notFound, .refused, .noAnswer:
            counts.failures += 1
            let due = again(at: now, &chance)
            if mayBeApplied(reply) {
                holding.doubt = Holding.Doubt(since: sentAt, instance: instance)
                // It may stand there by now, and is no longer what is wanted.
                if wanted != instance { holding.correction = due }
            }
            rest(due: due, at: now)
        case .notSent:
            rest(due: now, at: now)
        }
    }

    private mutating func beatReplied(_ reply: Reply, sentAt: Instant, at now: Instant, _ chance: inout Chance) {
        // A server's interval holds until the next failure, as in Nacos' own client.
        pace.interval = pace.timing.interval
        if mayBeApplied(reply), let instance = holding.published ?? wanted {
            holding.doubt = Holding.Doubt(since: sentAt, instance: instance)
        }
        switch reply {
        case .accepted(let milliseconds, _):
            pace.interval = pace.timing.interval(askedFor: milliseconds) ?? pace.timing.interval
            counts.note(.accepted, at: now)
            holding.isRegistered = true
            holding.accepted = now
            // A registration that failed a moment ago keeps its back-off, though this beat was taken.
            rest(due: max(holding.correction ?? now, now), at: now)
        case .notFound:
            counts.note(.notFound, at: now)
            holding.isRegistered = false
            #if DELIBERATE_BUGS
                if DeliberateBug.chosen == .noRecheck {
                    notes.isBlind = true
                    state = .hello(due: now)
                    return
                }
            #endif
            rest(due: now, at: now)
        case .refused(let refusal):
            counts.note(refusal.meaning == .denied ? .denied : .refused, isOdd: refusal.isOdd, at: now)
            if counts.odd >= Self.oddAnswersUntilHello { holding.isRegistered = false }
            restAfterFailedBeat(until: again(at: now, &chance), at: now)
        case .noAnswer:
            counts.note(.failed, at: now)
            restAfterFailedBeat(until: again(at: now, &chance), at: now)
        case .notSent:
            // The same beat is still due: as of now it would count as another one, and fall due again within the tick.
            if wanted == holding.published { state = .held(due: grid.lastDue) } else { rest(due: now, at: now) }
        }
    }

    /// When a failed registration or beat may be said again; a goodbye that takes its place never waits.
    private func again(at now: Instant, _ chance: inout Chance) -> Instant {
        let delay = Backoff.writes.delay(afterFailures: Int(counts.failures), &chance)
        return wanted == nil ? now : now + delay
    }

    private mutating func goodbyeReplied(_ reply: Reply, sentAt: Instant, at now: Instant, _ chance: inout Chance) {
        switch reply {
        case .accepted, .notFound:
            counts.failures = 0
            holding.published = nil
            holding.accepted = nil
            holding.correction = nil
            #if DELIBERATE_BUGS
                switch DeliberateBug.chosen {
                case .lateApplyForgotten: holding.doubt = nil
                case .repeatAfterGoodbye where holding.doubt != nil && wanted == nil:
                    holding.doubt = nil
                    notes.isBlind = true
                    state = .hello(due: now)
                    return
                default: break
                }
            #endif
            // A write that left before may be applied after this goodbye: then it takes another one.
            if let doubt = holding.doubt, sentAt < lateUntil(doubt) {
                holding.doubt?.isUndone = true
                if isDoubtInTheWay {
                    state = .settled(again: max(lateUntil(doubt), now))
                    return
                }
            } else {
                holding.doubt = nil
            }
            rest(due: now, at: now)
        case .refused, .noAnswer:
            counts.failures += 1
            #if DELIBERATE_BUGS
                notes.failedGoodbyes += 1
                if DeliberateBug.chosen == .goodbyeGivenUp, notes.failedGoodbyes >= 3 {
                    notes.failedGoodbyes = 0
                    holding.published = nil
                    holding.doubt = nil
                }
            #endif
            rest(due: now + Backoff.writes.delay(afterFailures: Int(counts.failures), &chance), at: now)
        case .notSent:
            rest(due: now, at: now)
        }
    }

    private func lateUntil(_ doubt: Holding.Doubt) -> Instant { doubt.since + pace.timeout + pace.timeout }

    /// Whether the server may apply the write now or later.
    private func mayBeApplied(_ reply: Reply) -> Bool {
        switch reply {
        case .noAnswer: true
        case .refused(let refusal): !refusal.isCertain
        case .accepted, .notFound, .notSent: false
        }
    }

    /// Whether the unanswered write is of another cluster or kind than what is wanted now.
    private var isDoubtInTheWay: Bool {
        guard let doubt = holding.doubt, let wanted else { return false }
        return !wanted.replacesInPlace(doubt.instance)
    }

    /// What is owed next, decided anew from what is wanted and what may be at the server.
    ///
    /// `due` is when a failed write may be tried again; a beat after an accepted one falls on the grid.
    private mutating func rest(due: Instant, at now: Instant) {
        guard let wanted else {
            if isEntryLikely {
                state = .goodbye(due: due)
            } else {
                state = holding.doubt.map { .settled(again: max(lateUntil($0), due)) } ?? .empty
            }
            return
        }
        let isAsWanted = holding.published == wanted
        let isOtherPublished = !isAsWanted && holding.published.map { !wanted.replacesInPlace($0) } ?? false
        #if DELIBERATE_BUGS
            if DeliberateBug.chosen == .helloFirst, isOtherPublished {
                state = .hello(due: due)
                return
            }
        #endif
        if isOtherPublished || isDoubtInTheWay {
            // 2.x would delete the new entry with the old one's goodbye, so the goodbye comes first.
            state = .goodbye(due: due)
        } else if holding.isRegistered, isAsWanted {
            state = .held(due: counts.failures == 0 && holding.accepted != nil ? nextBeat(after: now) : due)
        } else if holding.isRegistered, holding.published != nil, due > now, !isLapsed(at: now) {
            // The change was refused or unanswered: the entry that stands is kept alive while we try again.
            holding.correction = due
            state = .held(due: nextBeat(after: now))
        } else {
            state = .hello(due: due)
        }
    }

    /// Whatever is owed beside it, the beat itself keeps its back-off.
    private mutating func restAfterFailedBeat(until due: Instant, at now: Instant) {
        rest(due: due, at: now)
        if case .held(let next) = state, next < due { state = .held(due: due) }
    }

    private func nextBeat(after now: Instant) -> Instant {
        max(grid.next(after: max(now, grid.lastDue), every: pace.interval), now)
    }
}
