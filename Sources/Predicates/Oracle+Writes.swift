extension Oracle {
    // MARK: The bytes that left

    /// A request left, as its bytes say; nil where they say nothing.
    package mutating func left(_ request: WireRequest?, write: Int, at now: Int64) {
        guard let request, request.isEphemeral else {
            fail(Predicate.wire, "what left is no request of the naming API for an ephemeral instance", "wire", at: now)
            return
        }
        let identity = request.identity
        if request.kind == .inquiry { return inquired(at: now) }
        var line = lines[identity] ?? Line()
        if let flight = line.flight {
            fail(
                Predicate.oneWriter, "\(flight.kind) of \(Time.text(flight.at)) is still unanswered", identity, at: now)
        }
        line.flight = Line.Flight(
            write: write, kind: request.kind, cluster: request.cluster, before: line.clusters[request.cluster], at: now)
        lines[identity] = line
        judgePatience(request, line, at: now)
        judgeStop(request, at: now)
        if let overAt = outage.overAt {
            firstWrites.count += 1
            if now - overAt < FirstWrites.interval / 10 { firstWrites.early += 1 }
            outage.overAt = nil
        }
        switch request.kind {
        case .deregister:
            judgeGoodbye(identity, at: now)
            lines[identity]?.goodbyeAt = now
            spend(identity, at: now)
        case .register:
            judgeLife(request, at: now)
            judgeRegistration(request, line, at: now)
            spend(identity, at: now)
            lines[identity]?.clusters[request.cluster] = now
            lines[identity]?.losses.oddRun = 0
            lines[identity]?.told = "\(request.weight)|\(request.metadata)"
            lines[identity]?.registeredAt = now
        case .fullBeat, .lightBeat:
            judgeLife(request, at: now)
            judgeBeat(request, line, at: now)
            judgeLapse(identity, line, at: now)
            lines[identity]?.clusters[request.cluster] = now
        case .inquiry: break
        }
        if request.kind != .deregister {
            lines[identity]?.leftBefore = line.lastLeft
            lines[identity]?.lastLeft = now
            lines[identity]?.resumeBy = nil
        }
    }

    /// Which API there is may be asked for, not all the time.
    private mutating func inquired(at now: Int64) {
        course.inquiries.append(now)
        course.inquiries.removeAll { now - $0 > 10 * Time.second }
        if course.inquiries.count > 60 {
            fail(Predicate.calm, "\(course.inquiries.count) questions about the API in 10 s", "registry", at: now)
        }
    }

    /// The rest of a half-sent request left: what held for its first byte must hold for its last.
    package mutating func finished(_ request: WireRequest, at now: Int64) {
        switch request.kind {
        case .deregister, .inquiry: break
        case .register, .fullBeat, .lightBeat: judgeLife(request, isRest: true, at: now)
        }
    }

    private mutating func spend(_ identity: String, at now: Int64) {
        if !budget.take(at: now) {
            fail(Predicate.calm, "more writes than burst + rate × window allow", identity, at: now)
        }
    }

    /// Predicates 1 and 4: some file wants it, and every probe of that version says alive at this instant.
    private mutating func judgeLife(_ request: WireRequest, isRest: Bool = false, at now: Int64) {
        let identity = request.identity
        if course.isStopping {
            fail(Predicate.life, "\(request.kind) left after the stop had begun", identity, at: now)
        }
        var objection: (predicate: String, sentence: String)?
        for (_, holder) in holders.sorted(by: { $0.key < $1.key }) {
            for plan in holder.versions where wants(holder, plan, request, isRest: isRest) {
                guard let found = self.objection(to: plan, of: holder, at: now) else { return }
                objection = objection ?? found
            }
        }
        if let objection {
            fail(objection.predicate, "\(request.kind) left, but \(objection.sentence)", identity, at: now)
        } else {
            fail(Predicate.goodbye, "\(request.kind) left though no file wants it", identity, at: now)
        }
    }

    func objection(to plan: Plan, of holder: Holder, at now: Int64) -> (predicate: String, sentence: String)? {
        for probe in plan.probes {
            guard let sight = sights[probe.target] else { continue }
            if let found = sight.objection(at: now) { return found }
            // What comes back later is judged for the new address, whenever it was seen.
            if let moved = holder.movedAt[probe.target], let latest = sight.latest, latest.ended < moved {
                return (Predicate.life, "target \(probe.target) was good for the address before \(Time.text(moved))")
            }
        }
        return nil
    }

    /// A former entry is kept while it stands, and not made again; what began before it was former may end.
    private func wants(_ holder: Holder, _ plan: Plan, _ request: WireRequest, isRest: Bool) -> Bool {
        holder.identity(of: plan) == request.identity
            || (isRest || request.kind != .register) && holder.former.contains(request.identity)
    }

    private mutating func judgeRegistration(_ request: WireRequest, _ line: Line, at now: Int64) {
        let identity = request.identity
        let owners = holders.values.filter { $0.identities.contains(identity) }
        if !owners.isEmpty, !owners.contains(where: { $0.versions.contains { $0.cluster == request.cluster } }) {
            fail(Predicate.useful, "registered in cluster \(request.cluster), which no file says", identity, at: now)
        }
        for (cluster, at) in line.clusters where cluster != request.cluster {
            if line.goodbyeAt < at || line.isHeld {
                fail(
                    Predicate.order, "cluster \(request.cluster) before the goodbye to \(cluster) was answered",
                    identity,
                    at: now)
            }
        }
        judgeContent(request, owners, at: now)
        if let owner = owners.first { judgeFirst(owner, line, identity, at: now) }
        if let owner = owners.first, isCalm(owner, identity, at: now) {
            fail(Predicate.useful, "registered again without a reason", identity, at: now)
        }
        for (other, waiting) in lines where other != identity && waiting.flight == nil && waiting.mayBeHeld {
            guard let since = owedSince(other, at: now), now - since > 300 * Time.millisecond,
                now - max(waiting.losses.failedAt, waiting.losses.unansweredAt) > 3 * Time.second,
                now - course.troubledAt > 3 * Time.second, now - course.startedAt > 3 * Time.second
            else { continue }
            fail(
                Predicate.goodbyesFirst, "a registration left while a goodbye was owed to \(other)", identity, at: now)
        }
    }

    /// Since when a goodbye is owed, as far as beatd can know.
    func owedSince(_ identity: String, at now: Int64) -> Int64? {
        let owners = holders.values.filter { $0.identities.contains(identity) || $0.former.contains(identity) }
        guard let owner = owners.first else { return nil }
        guard owner.pending == nil, owners.count == 1 else { return nil }
        return downSince(owner.running).map { max($0, owner.changedAt) }
    }

    /// Predicates 6 and 11: nobody who is alive and wanted is said goodbye to.
    private mutating func judgeGoodbye(_ identity: String, at now: Int64) {
        guard !course.isStopping else { return }
        // Said again before anything else was said: as good as the first one.
        if let line = lines[identity], line.goodbyeAt > line.lastLeft { return }
        let owners = holders.values.filter { $0.identities.contains(identity) }
        let former = holders.values.filter { $0.former.contains(identity) }
        if owners.isEmpty, former.isEmpty {
            if !course.hasSeenFolder {
                fail(Predicate.restart, "a goodbye before the folder was read whole", identity, at: now)
            }
            return
        }
        for owner in owners {
            // While new probes wait, what surely was up keeps its entry.
            if isDown(owner.running) || owner.pending != nil && !isCalm(owner, identity, at: now) { return }
            let line = lines[identity] ?? Line()
            // It was down, and nothing was said since: the goodbye is still owed.
            if owner.offAt >= line.lastLeft { return }
            if line.clusters.contains(where: { $0.key != owner.running.cluster }) { return }
            // It was moved to this cluster when the last run had no time left to remember that.
            let changedAt = max(line.heldSince, line.goodbyeAt)
            if let remembered = course.remembered[identity], remembered.cluster != owner.running.cluster,
                course.awake(after: changedAt) < limits.saved
            {
                return
            }
        }
        if owners.isEmpty {
            // Two files may have had it, one after the other: the last of them lets it go.
            guard !former.contains(where: { mayLetGo($0, identity, at: now) }) else { return }
            fail(Predicate.useful, "the goodbye to a former entry before the new one stood", identity, at: now)
            return
        }
        let since = now - course.startedAt < 60 * Time.second
        fail(
            since ? Predicate.restart : Predicate.useful, "a goodbye for an instance that is alive and wanted",
            identity,
            at: now)
    }

    /// Whether that file's former entry is owed a goodbye.
    private func mayLetGo(_ owner: Holder, _ identity: String, at now: Int64) -> Bool {
        // It stood when the goodbye fell due; the budget may have kept that for a second.
        let stands =
            owner.identity.map { identity in
                lines[identity].map { $0.isHeld || now - $0.losses.missedAt < Time.second } ?? false
            } ?? true
        let lastLeft = lines[identity]?.lastLeft ?? .min
        // Another cluster was asked for before the address changed.
        if lines[identity]?.clusters.contains(where: { $0.key != owner.running.cluster }) == true { return true }
        if owner.released.contains(identity) { return true }
        return stands || isDown(owner.running) || owner.pending != nil || owner.offAt >= lastLeft
    }

    // MARK: What came back

    /// An answer was handed to beatd: yes (with the interval asked for), "unknown", or anything else.
    package mutating func answered(_ write: Int, _ answer: Answer, at now: Int64) {
        noteAnswer(answer, at: now)
        guard let (identity, flight) = take(write) else { return }
        switch (flight.kind, answer) {
        case (.deregister, .yes), (.deregister, .unknown):
            lines[identity]?.isHeld = false
            lines[identity]?.acceptedAt = nil
            lines[identity]?.clusters = [:]
            lines[identity]?.askedInterval = nil
            // What left earlier without an answer may still come.
            if let line = lines[identity], now - line.losses.unansweredAt < 2 * limits.timeout {
                lines[identity]?.clusters[flight.cluster] = line.losses.unansweredAt
            }
        case (_, .yes(let interval, let takesLight)):
            if flight.kind != .register {
                lines[identity]?.askedInterval = interval
                course.takesLight = takesLight ?? course.takesLight
            }
            lines[identity]?.losses.oddRun = 0
            lines[identity]?.losses.failedKind = nil
            if lines[identity]?.isHeld == false { lines[identity]?.heldSince = now }
            lines[identity]?.isHeld = true
            lines[identity]?.acceptedAt = now
            settleFormer(identity, at: now)
        case (_, .unknown):
            lines[identity]?.losses.oddRun = 0
            if lines[identity]?.isHeld == true { lines[identity]?.losses.missedAt = now }
            lines[identity]?.isHeld = false
            lines[identity]?.askedInterval = nil
        case (_, .odd(let status)):
            lines[identity]?.losses.failedAt = now
            lines[identity]?.losses.failedKind = flight.kind
            // Throttled, starting and not permitted is not forgotten (contract 4).
            if flight.kind == .fullBeat || flight.kind == .lightBeat, ![401, 403, 429, 503].contains(status) {
                lines[identity]?.losses.oddRun += 1
            }
            lines[identity]?.askedInterval = nil
            // What was refused so was never there.
            if (400..<500).contains(status), flight.kind != .deregister {
                lines[identity]?.clusters[flight.cluster] = flight.before
            }
            if status >= 500, flight.kind != .deregister { lines[identity]?.losses.unansweredAt = flight.at }
            disturb(identity, at: now)
        }
    }

    /// The new entry stands: the former ones have no one who wants them.
    mutating func settleFormer(_ identity: String, at now: Int64) {
        for (name, holder) in holders where holder.identity == identity && !holder.former.isEmpty {
            holders[name]?.former = []
            retryTwins(at: now)
        }
    }

    /// No answer will come: the connection ended, or beatd closed it.
    package mutating func lost(_ write: Int, at now: Int64) {
        servers.lostAt = now
        guard let (identity, flight) = take(write) else { return }
        lines[identity]?.losses.failedAt = now
        lines[identity]?.losses.failedKind = flight.kind
        if flight.kind != .deregister {
            lines[identity]?.losses.unansweredAt = flight.at
            lines[identity]?.askedInterval = nil
        }
        disturb(identity, at: now)
    }

    private mutating func take(_ write: Int) -> (String, Line.Flight)? {
        for (identity, line) in lines {
            if let flight = line.flight, flight.write == write {
                lines[identity]?.flight = nil
                return (identity, flight)
            }
        }
        return nil
    }

    private mutating func disturb(_ identity: String, at now: Int64) {
        lines[identity]?.resumeBy = nil
        for (name, holder) in holders where holder.identities.contains(identity) {
            holders[name]?.troubledAt = now
            // What fails while it is down says nothing of the patience with what follows.
            if isDown(holder.running) { holders[name]?.offAt = now }
        }
    }

    // MARK: The registry's own content

    /// The registry holds this entry now, whoever wrote it.
    package mutating func holds(_ identity: String, cluster: String, content: String, at now: Int64) {
        let since = lines[identity]?.entries[cluster]?.since ?? now
        lines[identity, default: Line()].entries[cluster] = Line.Entry(cluster: cluster, content: content, since: since)
    }

    /// The registry holds it no more.
    package mutating func dropped(_ identity: String, cluster: String, at now: Int64) {
        lines[identity]?.entries[cluster] = nil
        if lines[identity]?.entries.isEmpty == true { lines[identity]?.isForgotten = false }
    }
}

/// How the registry answered, in the bytes that came back.
package enum Answer: Hashable, Sendable {
    /// Accepted; the interval asked for in milliseconds and, over v1, whether light beats are taken, as the answer has them.
    case yes(interval: Int64?, takesLight: Bool?)
    case unknown
    case odd(status: Int)
}
