/// Watches a simulated run and says which promise was broken first.
///
/// It sees the host's truth, what looks saw, the bytes that left and when, and what the registry holds; not one decision
/// of beatd's.
package struct Oracle {
    let limits: Limits
    var holders: [String: Holder] = [:]
    var sights: [Int: Sight] = [:]
    var lines: [String: Line] = [:]
    var addresses = Addresses()
    var course = Course()
    var servers = Servers()
    var budget: BudgetMeter
    /// Since when no connection opens, and when the first one did again.
    var outage: (since: Int64?, overAt: Int64?)
    package internal(set) var firstWrites = FirstWrites()
    /// Since when beatd knows that each NAME was alive once, until its file goes.
    var everAlive: [String: Int64] = [:]
    package private(set) var violation: Violation?

    /// What beatd was told about the host.
    struct Addresses {
        var source: String?
        var local: Set<String> = []
    }

    /// beatd stood still for so long.
    struct Stall {
        var since: Int64
        var until: Int64
    }

    /// The run of beatd that is watched.
    struct Course {
        var startedAt: Int64 = 0
        var isRunning = false
        /// Whether a whole folder was seen since the start.
        var hasSeenFolder = false
        var stop: Stop?
        var isStopping: Bool { stop != nil }
        /// NAMEs that this run read back as once alive, and that no file has claimed yet.
        var wereAlive: Set<String> = []
        /// When it last stood still.
        var stalledAt = Int64.min / 2
        /// When it stood still, the last ten times.
        var stalls: [Stall] = []
        /// When something last disturbed everyone.
        var troubledAt: Int64 = 0
        /// When each run ended.
        var stops: [Int64] = []
        /// What the last run remembered, by identity.
        var remembered: [String: Remembered] = [:]
        /// Those of them that no file has claimed yet.
        var orphans: Set<String> = []
        var opens: [Int64] = []
        var inquiries: [Int64] = []
        /// When another server of the list was last turned to.
        var movedAt = Int64.min / 2
        var stoppedAt: Int64 { stops.last ?? 0 }

        /// How long the run in which something happened went on after that, awake.
        func awake(after at: Int64) -> Int64 {
            guard let end = stops.first(where: { $0 >= at }) else { return .max }
            return end - at - stalls.reduce(0) { $0 + max(0, min($1.until, end) - max($1.since, at)) }
        }

        /// Whether the last answer to a v1 beat offered light beats; nil before the first one at a server.
        var takesLight: Bool?
    }

    package init(_ limits: Limits) {
        outage = (nil, nil)
        self.limits = limits
        budget = BudgetMeter(perSecond: limits.writesPerSecond, at: 0)
    }

    mutating func fail(_ predicate: String, _ sentence: String, _ subject: String, at now: Int64) {
        guard violation == nil else { return }
        violation = Violation(predicate: predicate, sentence: sentence, at: now, subject: subject)
    }

    // MARK: beatd comes and goes

    /// A new run begins; it read back the entries of these identities.
    package mutating func started(remembering remembered: [String: Remembered], at now: Int64) {
        course.startedAt = now
        course.isRunning = true
        course.hasSeenFolder = false
        course.stop = nil
        course.remembered = remembered
        course.orphans = Set(remembered.keys)
        course.opens = []
        course.inquiries = []
        course.takesLight = nil
        budget = BudgetMeter(perSecond: limits.writesPerSecond, at: now)
        holders = [:]
        addresses = Addresses()
        outage = (nil, nil)
        for target in sights.keys { sights[target]?.forget(at: now) }
        for (identity, line) in lines {
            lines[identity]?.losses.oddRun = 0
            lines[identity]?.acceptedAt = nil
            lines[identity]?.told = nil
            lines[identity]?.unwantedAt = nil
            if course.remembered[identity] == nil {
                lines[identity]?.isForgotten = !line.entries.isEmpty || line.losses.unansweredAt > line.goodbyeAt
                lines[identity]?.isHeld = false
                lines[identity]?.losses.unansweredAt = .min / 2
                lines[identity]?.clusters = [:]
            } else {
                lines[identity]?.isHeld = true
                lines[identity]?.losses.unansweredAt = now
            }
        }
    }

    /// The run ended; its connections end with it.
    package mutating func ended(at now: Int64) {
        course.isRunning = false
        course.stops.append(now)
        for (identity, line) in lines {
            if let flight = line.flight { lost(flight.write, at: now) }
            let isWanted = holders.values.contains { $0.identity == identity && isSteady($0, at: now) }
            lines[identity]?.resumeBy = isWanted && line.isHeld && !line.entries.isEmpty ? .max : nil
        }
    }

    // MARK: What disturbs

    /// Something outside beatd went wrong for one file, or for all.
    package mutating func trouble(_ name: String?, at now: Int64) {
        if let name {
            holders[name]?.troubledAt = now
            if let holder = holders[name] {
                for identity in holder.identities { lines[identity]?.resumeBy = nil }
            }
        } else {
            course.troubledAt = now
            course.stop?.isCalm = false
            for identity in lines.keys { lines[identity]?.resumeBy = nil }
        }
    }

    /// beatd begins to stand still.
    package mutating func stalls(at now: Int64) {
        course.stalls = course.stalls.suffix(9) + [Stall(since: now, until: now)]
        stalled(at: now)
    }

    /// beatd stands still, or did.
    package mutating func stalled(at now: Int64) {
        course.stalledAt = now
        if !course.stalls.isEmpty { course.stalls[course.stalls.count - 1].until = now }
        trouble(nil, at: now)
    }

    /// A connection was asked for.
    package mutating func opened(at now: Int64) {
        course.opens.append(now)
        course.opens.removeAll { now - $0 > 10 * Time.second }
        if course.opens.count > 200 {
            fail(Predicate.calm, "\(course.opens.count) connections in 10 s", "registry", at: now)
        }
    }

    /// Another server of the list is turned to: everything is told anew.
    package mutating func moved(at now: Int64) {
        judgeMove(at: now)
        course.takesLight = nil
        course.movedAt = now
        for identity in lines.keys { lines[identity]?.acceptedAt = nil }
        trouble(nil, at: now)
    }

    /// It did not open.
    package mutating func unreachable(at now: Int64) {
        servers.lostAt = now
        outage.since = outage.since ?? now
    }

    /// It opened.
    package mutating func connected(at now: Int64) {
        if let since = outage.since, now - since >= FirstWrites.outage { outage.overAt = now }
        outage.since = nil
    }

    /// What beatd says about its next step: a deadline no later than its longest period, and a reason for each file.
    package mutating func armed(deadline: Int64?, longest: Int64, unreasoned: String?, at now: Int64) {
        if let unreasoned { fail(Predicate.armed, "\(unreasoned) has no reason", unreasoned, at: now) }
        // Asked to stop it may wait for a connection until the stop has taken long enough.
        guard !holders.isEmpty, !course.isStopping else { return }
        guard let deadline else {
            fail(Predicate.armed, "nothing is to be done ever", "beatd", at: now)
            return
        }
        if deadline > now + longest {
            fail(Predicate.armed, "the next deadline is \(Time.text(deadline - now)) s away", "beatd", at: now)
        }
    }
}
