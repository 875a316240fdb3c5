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

    /// How many looks in a row said the same, as far as it matters: to 100 at most.
    private struct Streak {
        private var length: UInt8

        init(_ count: Int = 0) { length = UInt8(clamping: count) }

        var count: Int { Int(length) }

        mutating func goOn(upTo most: Int) { length = UInt8(clamping: min(count + 1, most)) }
        mutating func end() { length = 0 }
    }

    private enum Standing: Hashable {
        case unseen, passing
        case down(String)
    }

    // In an order that leaves no room unused.
    private struct Record {
        @InNanoseconds var freshness: Duration
        var standing = Standing.unseen
        var lastWake = Instant(nanoseconds: .min)
        var decisive: Look?
        var alive = Streak()
        var failing = Streak()
        /// The latest look, where it decided nothing.
        var undecided: Shared<Look>?

        init(_ spec: ProbeSpec) { _freshness = InNanoseconds(wrappedValue: spec.freshness) }

        var latest: Look? { undecided?.value ?? decisive }

        private var isAlive: Bool {
            if case .passing = standing, decisive?.outcome == .alive { true } else { false }
        }

        /// Takes a look that shows alive once more, and nothing else has changed; says whether it is one.
        ///
        /// Field by field, as all that is asked for each look: a copy of a look counts its strings.
        mutating func takeAgain(_ look: Look, rise: Int) -> Bool {
            guard look.outcome == .alive, isAlive, let last = decisive?.began, last >= lastWake,
                look.began >= lastWake, decisive?.process == look.process
            else { return false }
            failing.end()
            alive.goOn(upTo: rise)
            decisive?.began = look.began
            decisive?.ended = look.ended
            decisive?.isForCallers = look.isForCallers
            if decisive?.reason != nil || look.reason != nil { decisive?.reason = look.reason }
            if undecided != nil { undecided = nil }
            return true
        }

        /// Until when this probe lets a beat leave; long ago where it doesn't.
        var carriesUntil: Instant {
            guard isAlive, let began = decisive?.began, !HealthGate.isOvertaken(began, lastWake) else {
                return HealthGate.longAgo
            }
            return began + freshness
        }

        /// When what it says goes stale; nil where it doesn't say alive.
        func stale(after now: Instant) -> Instant? {
            guard isAlive, let began = decisive?.began else { return nil }
            let stale = began + freshness + .nanoseconds(1)
            return stale > now ? stale : nil
        }
    }

    private static let longAgo = Instant(nanoseconds: .min)

    /// Until when all of them let a beat leave: what is asked for each beat, kept whenever a look or a wake changes it.
    private var carriesUntil: Instant
    private let probes: [ProbeSpec]
    /// One for each of `probes`.
    private var records: [Record]

    /// `wasUp`: an earlier run of beatd registered it, so that one alive look suffices to go on (promise P7).
    package init(probes: [ProbeSpec], wasUp: Bool = false) {
        self.probes = probes
        records = []
        records.reserveCapacity(probes.count)
        for spec in probes {
            var record = Record(spec)
            if wasUp { record.alive = Streak(spec.rise - 1) }
            records.append(record)
        }
        carriesUntil = probes.isEmpty ? .never : Self.longAgo
    }

    private mutating func settle() {
        carriesUntil = records.indices.reduce(.never) { min($0, records[$1].carriesUntil) }
    }

    /// A look at `target` ended; says whether it told anything but that what was alive still is.
    ///
    /// One that began before the last wake can't say alive: an old sight may end late.
    @discardableResult
    package mutating func take(_ look: Look, of target: Target) -> Bool {
        var isNews = false
        for index in records.indices where probes[index].target == target {
            if records[index].takeAgain(look, rise: probes[index].rise) { continue }
            isNews = true
            take(look, at: index)
        }
        settle()
        return isNews
    }

    private mutating func take(_ look: Look, at index: Int) {
        let isTooLate = look.outcome == .alive && Self.isOvertaken(look.began, records[index].lastWake)
        guard look.outcome.isDecisive, !isTooLate else {
            records[index].undecided = Shared(look)
            return
        }
        switch look.outcome {
        case .alive:
            let rise = probes[index].rise
            records[index].failing.end()
            records[index].alive.goOn(upTo: rise)
            if records[index].alive.count >= rise { records[index].standing = .passing }
        case .failing:
            let fall = probes[index].fall
            records[index].alive.end()
            records[index].failing.goOn(upTo: fall)
            if records[index].failing.count >= fall { records[index].standing = .down(look.reason ?? "failing") }
        case .gone:
            records[index].alive.end()
            records[index].failing.end()
            records[index].standing = .down(look.reason ?? "gone")
        case .unknown:
            return
        }
        records[index].decisive = look
        records[index].undecided = nil
    }

    /// Something happened to `target`: what began earlier no longer says alive.
    package mutating func wake(_ target: Target, at now: Instant) {
        for index in records.indices where probes[index].target == target { records[index].lastWake = now }
        settle()
    }

    /// Callers come to another address: what was judged for the former one no longer says alive.
    mutating func moveCallers(at now: Instant) {
        for index in records.indices where records[index].decisive?.isForCallers == true {
            records[index].lastWake = now
        }
        settle()
    }

    /// Promise P1, asked at the instant the bytes leave.
    package func mayBeat(at now: Instant) -> Bool { now <= carriesUntil }

    private static func isOvertaken(_ began: Instant, _ lastWake: Instant) -> Bool {
        #if DELIBERATE_BUGS
            if DeliberateBug.chosen == .overtakenLook { return false }
        #endif
        return began < lastWake
    }

    /// What the probes say at `now`; `down` beats `unseen`, which beats `suspect`.
    package func verdict(at now: Instant) -> Verdict {
        if mayBeat(at: now) { return .alive }
        var unseen: String?
        var suspect: String?
        for (spec, record) in zip(probes, records) where record.carriesUntil < now {
            switch record.standing {
            case .down(let reason):
                return .down(reason)
            case .unseen:
                unseen = unseen ?? record.latest?.reason ?? "\(spec.target.kind.subject): not seen alive yet"
            case .passing:
                suspect = suspect ?? whySuspect(record, spec, at: now)
            }
        }
        if let unseen { return .unseen(unseen) }
        if let suspect { return .suspect(suspect) }
        return .alive
    }

    private func whySuspect(_ record: Record, _ spec: ProbeSpec, at now: Instant) -> String? {
        guard let look = record.decisive else { return nil }
        if look.outcome != .alive {
            return "\(look.reason ?? "failing") (\(record.failing.count) of \(spec.fall))"
        }
        let subject = spec.target.kind.subject
        if look.began < record.lastWake { return "\(subject): something happened, looking again" }
        guard now - look.began > spec.freshness else { return nil }
        let why = record.latest?.outcome == .unknown ? record.latest?.reason : nil
        return why ?? "\(subject): the last look is too old"
    }

    /// When the verdict changes by itself: the first look that goes stale.
    package func nextChange(after now: Instant) -> Instant? {
        if mayBeat(at: now), !probes.isEmpty { return carriesUntil + .nanoseconds(1) }
        return records.compactMap { $0.stale(after: now) }.min()
    }

    /// The targets whose latest look is too old to carry a beat, or none.
    package func staleTargets(at now: Instant) -> [Target] {
        zip(probes, records).compactMap { spec, record in
            guard let look = record.decisive else { return spec.target }
            let isFresh = now - look.began <= spec.freshness && look.began >= record.lastWake
            return isFresh ? nil : spec.target
        }
    }

    /// Whether each probe had a look at all, of whatever outcome.
    package var isProbed: Bool { records.allSatisfy { $0.latest != nil } }

    /// Whether every probe was alive at its latest decisive look: what a waiting new version waits for (contract 3.4).
    package var wereAliveOnce: Bool { records.allSatisfy { $0.alive.count > 0 } }

    /// Lets one alive look stand for `rise` of them: the instance is up by the word of other probes.
    package mutating func vouch() {
        for index in records.indices where records[index].alive.count > 0 { records[index].standing = .passing }
        settle()
    }

    /// What a waiting version still waits for, for people.
    package var waitingFor: String {
        let first = zip(probes, records).first { $1.alive.count == 0 }
        let reason = first.map { $1.latest?.reason ?? "\($0.target.kind.subject): not seen alive yet" }
        return "the new version waits for its probes: \(reason ?? "all alive")"
    }

    /// The first process that a probe identified.
    package var process: ProcessIdentity? {
        records.lazy.compactMap { $0.standing == .passing ? $0.decisive?.process : nil }.first
    }

    /// The latest look of each probe, in the order of the descriptor.
    package var looks: [(spec: ProbeSpec, look: Look?)] { Array(zip(probes, records.map(\.latest))) }
}
