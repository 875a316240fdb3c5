/// How often, how early and in which form beatd may speak for what is alive.
extension Oracle {
    /// A beat: of an instance that was registered, in the form the server takes, not too often, not past three odd answers.
    mutating func judgeBeat(_ request: WireRequest, _ line: Line, at now: Int64) {
        let identity = request.identity
        if !line.isHeld { fail(Predicate.useful, "a beat before any registration was accepted", identity, at: now) }
        if line.losses.oddRun >= 3 {
            fail(Predicate.useful, "a beat after three odd answers in a row", identity, at: now)
        }
        switch (course.takesLight, request.kind) {
        case (_, _) where request.isV3: break
        case (true?, .fullBeat): fail(Predicate.goodbye, "a full beat where light ones are taken", identity, at: now)
        case (false?, .lightBeat): fail(Predicate.useful, "a light beat where none are taken", identity, at: now)
        default: break
        }
        guard let owner = holders.values.first(where: { $0.identity == identity }), isCalm(owner, identity, at: now)
        else { return }
        // A beat that waited for a look leaves late, and the next one on time.
        let hindered = owner.running.probes.contains {
            now - (sights[$0.target]?.hinderedAt ?? .min / 2) < 12 * Time.second
        }
        guard !hindered else { return }
        let interval = interval(of: owner, line)
        // Beside a slow server the last one may have waited for a connection.
        let slack = limits.tick + 20 * Time.millisecond + slowness(at: now)
        // One that waited for a connection left late, and the next one on time.
        if now - line.lastLeft < interval - slack, now - line.leftBefore < 2 * interval - slack {
            fail(Predicate.calm, "a beat only \(Time.text(now - line.lastLeft)) s after the last", identity, at: now)
        }
    }

    /// What failed is tried again no sooner than after the shortest back-off (0.2 s less 20 %).
    mutating func judgePatience(_ request: WireRequest, _ line: Line, at now: Int64) {
        let identity = request.identity
        guard line.losses.failedKind == request.kind, now - line.losses.failedAt < 155 * Time.millisecond,
            max(course.startedAt, course.movedAt) < line.losses.failedAt
        else { return }
        let owners = holders.values.filter { $0.identities.contains(identity) }
        guard owners.count == 1, let owner = owners.first else { return }
        guard max(owner.changedAt, owner.offAt) < line.losses.failedAt - Time.second, request.kind != .deregister else {
            return
        }
        fail(Predicate.calm, "again only \(Time.text(now - line.losses.failedAt)) s after a failure", identity, at: now)
    }

    /// The first registration after a death or a start: warm-up and the hold-back for flapping have passed.
    mutating func judgeFirst(_ owner: Holder, _ line: Line, _ identity: String, at now: Int64) {
        guard owner.pending == nil, owner.identity == identity, owner.offAt > line.lastLeft, owner.former.isEmpty,
            let since = aliveSince(owner.running)
        else { return }
        let recent = owner.downs.filter { now - $0 <= 300 * Time.second }.count
        // What may stand there still is not held back; who shares looks may have been alive by those of another file.
        if recent >= 3, !line.mayBeHeld, !line.wasGoodbyeRefused, !owner.sharesLooks {
            let hold = min(5 * Time.second << Int64(min(recent - 3, 3)), 30 * Time.second)
            if now - since < hold - Time.millisecond, owner.changedAt < since {
                fail(
                    Predicate.calm,
                    "registered \(Time.text(now - since)) s after it came up; it was down at "
                        + owner.downs.suffix(recent).map(Time.text).joined(separator: ", "), identity, at: now)
            }
        }
        guard owner.running.warmUp > 0, !line.mayBeHeld, owner.changedAt < since, course.startedAt < since else {
            return
        }
        let born = owner.running.probes.compactMap { sights[$0.target]?.memory.born }.first ?? since
        if now < born + owner.running.warmUp - 10 * Time.millisecond {
            fail(Predicate.useful, "registered \(Time.text(now - born)) s after its start", identity, at: now)
        }
    }

    /// Since when all of its probes have been passing.
    private func aliveSince(_ plan: Plan) -> Int64? {
        var latest = Int64.min
        for probe in plan.probes {
            guard let sight = sights[probe.target], sight.standing == .passing else { return nil }
            latest = max(latest, sight.standsSince)
        }
        return latest
    }

    /// Whether nothing holds up a goodbye: a beat in flight does for a second, any other write until its answer.
    private func mayPart(_ line: Line, at now: Int64) -> Bool {
        guard let flight = line.flight else { return true }
        return [.lightBeat, .fullBeat].contains(flight.kind) && now - course.stalledAt > 2 * Time.second
    }

    /// Promise 3: what is known to be gone is said goodbye to at once, as far as the budget lets it.
    mutating func checkPrompt(_ holder: Holder, at now: Int64) {
        guard holder.pending == nil, let identity = holder.identity, let line = lines[identity], line.isHeld,
            mayPart(line, at: now), let since = downSince(holder.running) ?? holder.goneAt, line.goodbyeAt < since
        else { return }
        let quiet = max(
            since, holder.changedAt, course.troubledAt + 8 * Time.second, course.startedAt,
            line.losses.failedAt + 3 * Time.second)
        guard now - quiet > patience(at: now) else { return }
        fail(Predicate.goodbye, "down since \(Time.text(since)), and no goodbye has left", identity, at: now)
    }
}
