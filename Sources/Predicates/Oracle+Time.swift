extension Oracle {
    // MARK: What must be true as time goes by

    /// Called about every second.
    package mutating func check(at now: Int64) {
        guard course.isRunning else { return }
        checkIllness(at: now)
        guard !course.isStopping else { return checkStop(at: now) }
        for (identity, line) in lines {
            checkGone(identity, line, at: now)
            checkResumed(identity, line, at: now)
            checkOwed(identity, line, at: now)
        }
        for (name, holder) in holders {
            checkArrival(name, holder, at: now)
            checkChange(name, holder, at: now)
            checkBeats(name, holder, at: now)
            checkContent(name, holder, at: now)
            checkPrompt(holder, at: now)
        }
    }

    /// Predicate 3: once quiet, what is gone isn't in the registry, whatever came late.
    private mutating func checkGone(_ identity: String, _ line: Line, at now: Int64) {
        guard !line.isForgotten, let present = line.presentSince, now - present > limits.cleanUp else { return }
        guard let unwanted = unwantedSince(identity) else { return }
        let quiet = max(present, unwanted, course.troubledAt, course.startedAt, line.losses.failedAt)
        guard now - quiet > limits.cleanUp else { return }
        fail(
            Predicate.goodbye, "gone since \(Time.text(unwanted)), in the registry since \(Time.text(present))",
            identity,
            at: now)
    }

    /// Since when nobody wants the identity, as far as beatd was told; nil where somebody may.
    private func unwantedSince(_ identity: String) -> Int64? {
        guard course.hasSeenFolder else { return nil }
        let owners = holders.values.filter { $0.identities.contains(identity) || $0.former.contains(identity) }
        guard !owners.isEmpty else { return lines[identity].map { max($0.lastLeft, $0.goodbyeAt) } }
        var latest = Int64.min
        for owner in owners {
            guard owner.pending == nil, let since = downSince(owner.running) else { return nil }
            latest = max(latest, since, owner.troubledAt)
        }
        return latest
    }

    /// Predicate 6: the gap over a restart is no longer than interval + downtime + 1 s (and the first look).
    private mutating func checkResumed(_ identity: String, _ line: Line, at now: Int64) {
        guard let resumeBy = line.resumeBy, resumeBy != .max,
            // Which API there is has to be asked again, twice at the most.
            now > resumeBy + 3 * slowness(at: now)
        else { return }
        guard let owner = holders.values.first(where: { $0.identity == identity }),
            steadySince(owner.running) != nil
        else {
            lines[identity]?.resumeBy = nil
            return
        }
        fail(Predicate.restart, "no beat since \(Time.text(line.lastLeft)), over a restart", identity, at: now)
    }

    /// Predicate 11: while all is calm, beats come at most interval + one tick apart, or the answer's time on the grid.
    private mutating func checkBeats(_ name: String, _ holder: Holder, at now: Int64) {
        guard let identity = holder.identity, let line = lines[identity], isCalm(holder, identity, at: now) else {
            return
        }
        let interval = interval(of: holder, line)
        guard let gap = longestGap(interval: interval, timeout: holder.running.timeout, at: now) else { return }
        // The answer to the last beat starts the next interval; a round trip may take some milliseconds.
        // After one look that decided nothing the last one is just stale when the next begins, which may take its time.
        let hindered = holder.running.probes.contains {
            now - (sights[$0.target]?.hinderedAt ?? .min / 2) < 12 * Time.second
        }
        let slack = hindered ? 1100 * Time.millisecond : 50 * Time.millisecond
        if now - line.lastLeft > gap + limits.tick + slack {
            fail(
                Predicate.useful, "\(name) is calm, but its last beat left at \(Time.text(line.lastLeft))", identity,
                at: now)
        }
    }

    /// Predicate 11: while all is calm, the registry shows what the file says, whatever came late.
    private mutating func checkContent(_ name: String, _ holder: Holder, at now: Int64) {
        guard let identity = holder.identity, isCalm(holder, identity, at: now),
            let entry = lines[identity]?.entries.values.first, !entry.content.isEmpty,
            entry.content != holder.running.content, !isOfLostState(identity)
        else { return }
        fail(
            Predicate.useful, "\(name) is calm, and registered with \(entry.content), not \(holder.running.content)",
            identity, at: now)
    }

    /// Whether an earlier run said last what stands there, and had no time to save that it did.
    private func isOfLostState(_ identity: String) -> Bool {
        guard let line = lines[identity], line.registeredAt < course.startedAt else { return false }
        return course.awake(after: line.registeredAt) < limits.saved
    }

    /// Nothing disturbed it for a while, it is alive and registered.
    func isCalm(_ holder: Holder, _ identity: String, at now: Int64) -> Bool {
        guard holder.identity == identity, isSteady(holder, at: now), let line = lines[identity], line.isHeld,
            let present = line.presentSince
        else { return false }
        return now - max(present, line.heldSince, line.losses.failedAt) > 20 * Time.second
    }

    // MARK: In the end

    /// Predicate 9: faults have stopped long ago; every live instance is up, and no dead one is there.
    package mutating func checkLiveness(at now: Int64) {
        guard course.isRunning else {
            fail(Predicate.liveness, "beatd does not run", "beatd", at: now)
            return
        }
        for (name, holder) in holders.sorted(by: { $0.key < $1.key }) {
            guard let identity = holder.identity else { continue }
            let isAlive = holder.running.probes.allSatisfy { probe in
                sights[probe.target].map { $0.isTrue && !$0.isElsewhere } ?? false
            }
            let entries = lines[identity]?.entries ?? [:]
            guard isAlive else {
                if !entries.isEmpty { fail(Predicate.liveness, "\(name) is dead, and registered", identity, at: now) }
                continue
            }
            if let pending = holder.pending {
                fail(Predicate.liveness, "\(name) still waits to become \(pending.probes)", identity, at: now)
            }
            guard entries.count == 1, let entry = entries.values.first else {
                fail(Predicate.liveness, "\(name) is alive, and has \(entries.count) entries", identity, at: now)
                continue
            }
            let isOther = !entry.content.isEmpty && entry.content != holder.running.content
            if entry.cluster != holder.running.cluster || isOther && !isOfLostState(identity) {
                fail(
                    Predicate.liveness,
                    "\(name) is registered as \(entry.cluster) \(entry.content), not as "
                        + "\(holder.running.cluster) \(holder.running.content)", identity, at: now)
            }
        }
        let wanted = Set(holders.values.compactMap(\.identity))
        for (identity, line) in lines where !line.entries.isEmpty && !wanted.contains(identity) {
            fail(Predicate.liveness, "no file wants it, and it is registered", identity, at: now)
        }
    }
}
