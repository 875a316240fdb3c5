/// Turns decisive looks into one answer: whether this instance may beat now, or is down.
///
/// Holds the rules of `rise`, `fall` and freshness (contract 3.1, promise P1) for all probes of one descriptor.
package struct HealthGate {
    /// What all probes together say.
    package enum Verdict: Hashable, Sendable {
        /// Some probe was never seen alive (often enough) and none is down.
        case unseen(String)
        case alive
        /// Was alive; the latest decisive look is not, or is stale.
        case suspect(String)
        case down(String)
    }

    private enum Standing: Hashable {
        case unseen, passing
        case down(String)
    }

    private struct Record {
        let spec: ProbeSpec
        var standing = Standing.unseen
        var alive = 0
        var failing = 0
        var decisive: Look?
        var latest: Look?
        var lastWake = Instant(nanoseconds: .min)

        /// Whether this probe lets a beat leave at `now`.
        func mayBeat(at now: Instant) -> Bool {
            guard standing == .passing, let look = decisive, look.outcome == .alive else { return false }
            return now - look.began <= spec.freshness && !HealthGate.isOvertaken(look.began, lastWake)
        }

        /// When what it says goes stale; nil where it doesn't say alive.
        func stale(after now: Instant) -> Instant? {
            guard standing == .passing, let look = decisive, look.outcome == .alive else { return nil }
            let stale = look.began + spec.freshness + .nanoseconds(1)
            return stale > now ? stale : nil
        }
    }

    private var records: [Record]

    /// `wasUp`: an earlier run of beatd registered it, so that one alive look suffices to go on (promise P7).
    package init(probes: [ProbeSpec], wasUp: Bool = false) {
        records = probes.map { spec in
            var record = Record(spec: spec)
            if wasUp { record.alive = spec.rise - 1 }
            return record
        }
    }

    /// A look at `target` ended; says whether it told anything but that what was alive still is.
    ///
    /// One that began before the last wake can't say alive: an old sight may end late.
    @discardableResult
    package mutating func take(_ look: Look, of target: Target) -> Bool {
        var isNews = false
        for index in records.indices where records[index].spec.target == target {
            if !repeats(look, records[index]) { isNews = true }
            take(look, at: index)
        }
        return isNews
    }

    private func repeats(_ look: Look, _ record: Record) -> Bool {
        guard look.outcome == .alive, record.standing == .passing, let last = record.decisive else { return false }
        return last.outcome == .alive && last.process == look.process && look.began >= record.lastWake
            && last.began >= record.lastWake
    }

    private mutating func take(_ look: Look, at index: Int) {
        records[index].latest = look
        guard look.outcome.isDecisive else { return }
        let rise = records[index].spec.rise
        let fall = records[index].spec.fall
        switch look.outcome {
        case .alive:
            guard !Self.isOvertaken(look.began, records[index].lastWake) else { return }
            records[index].failing = 0
            records[index].alive = min(records[index].alive + 1, rise)
            if records[index].alive >= rise { records[index].standing = .passing }
        case .failing:
            records[index].alive = 0
            records[index].failing = min(records[index].failing + 1, fall)
            if records[index].failing >= fall { records[index].standing = .down(look.reason ?? "failing") }
        case .gone:
            records[index].alive = 0
            records[index].failing = 0
            records[index].standing = .down(look.reason ?? "gone")
        case .unknown:
            return
        }
        records[index].decisive = look
    }

    /// Something happened to `target`: what began earlier no longer says alive.
    package mutating func wake(_ target: Target, at now: Instant) {
        for index in records.indices where records[index].spec.target == target { records[index].lastWake = now }
    }

    /// Callers come to another address: what was judged for the former one no longer says alive.
    mutating func moveCallers(at now: Instant) {
        for index in records.indices where records[index].decisive?.isForCallers == true {
            records[index].lastWake = now
        }
    }

    /// Promise P1, asked at the instant the bytes leave.
    ///
    /// By index, as all that is asked for each beat: a record is not copied then.
    package func mayBeat(at now: Instant) -> Bool { records.indices.allSatisfy { records[$0].mayBeat(at: now) } }

    private static func isOvertaken(_ began: Instant, _ lastWake: Instant) -> Bool {
        #if DELIBERATE_BUGS
            if DeliberateBug.chosen == .overtakenLook { return false }
        #endif
        return began < lastWake
    }

    /// What the probes say at `now`; `down` beats `unseen`, which beats `suspect`.
    package func verdict(at now: Instant) -> Verdict {
        var unseen: String?
        var suspect: String?
        for index in records.indices where !records[index].mayBeat(at: now) {
            let record = records[index]
            switch record.standing {
            case .down(let reason):
                return .down(reason)
            case .unseen:
                unseen = unseen ?? record.latest?.reason ?? "\(record.spec.target.kind.subject): not seen alive yet"
            case .passing:
                suspect = suspect ?? whySuspect(record, at: now)
            }
        }
        if let unseen { return .unseen(unseen) }
        if let suspect { return .suspect(suspect) }
        return .alive
    }

    private func whySuspect(_ record: Record, at now: Instant) -> String? {
        guard let look = record.decisive else { return nil }
        if look.outcome != .alive {
            return "\(look.reason ?? "failing") (\(record.failing) of \(record.spec.fall))"
        }
        let subject = record.spec.target.kind.subject
        if look.began < record.lastWake { return "\(subject): something happened, looking again" }
        guard now - look.began > record.spec.freshness else { return nil }
        let why = record.latest?.outcome == .unknown ? record.latest?.reason : nil
        return why ?? "\(subject): the last look is too old"
    }

    /// When the verdict changes by itself: the first look that goes stale.
    package func nextChange(after now: Instant) -> Instant? {
        var earliest: Instant?
        for index in records.indices {
            guard let stale = records[index].stale(after: now) else { continue }
            earliest = earliest.map { min($0, stale) } ?? stale
        }
        return earliest
    }

    /// The targets whose latest look is too old to carry a beat, or none.
    package func staleTargets(at now: Instant) -> [Target] {
        records.compactMap { record in
            guard let look = record.decisive else { return record.spec.target }
            let isFresh = now - look.began <= record.spec.freshness && look.began >= record.lastWake
            return isFresh ? nil : record.spec.target
        }
    }

    /// Whether each probe had a look at all, of whatever outcome.
    package var isProbed: Bool { records.allSatisfy { $0.latest != nil } }

    /// Whether every probe was alive at its latest decisive look: what a waiting new version waits for (contract 3.4).
    package var wereAliveOnce: Bool { records.allSatisfy { $0.alive > 0 } }

    /// Lets one alive look stand for `rise` of them: the instance is up by the word of other probes.
    package mutating func vouch() {
        for index in records.indices where records[index].alive > 0 { records[index].standing = .passing }
    }

    /// What a waiting version still waits for, for people.
    package var waitingFor: String {
        let first = records.first { $0.alive == 0 }
        let reason = first.map { $0.latest?.reason ?? "\($0.spec.target.kind.subject): not seen alive yet" }
        return "the new version waits for its probes: \(reason ?? "all alive")"
    }

    /// The first process that a probe identified.
    package var process: ProcessIdentity? {
        records.lazy.compactMap { $0.standing == .passing ? $0.decisive?.process : nil }.first
    }

    /// The latest look of each probe, in the order of the descriptor.
    package var looks: [(spec: ProbeSpec, look: Look?)] { records.map { ($0.spec, $0.latest) } }
}
