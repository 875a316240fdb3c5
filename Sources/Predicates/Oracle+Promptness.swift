/// What is owed leaves at once: registrations, changes and goodbyes, as far as contract 3 doesn't hold them back.
extension Oracle {
    /// Since when nothing stands in the way of a write for that line.
    private func quiet(since: Int64, _ line: Line) -> Int64 {
        max(since, course.troubledAt + 8 * Time.second, course.startedAt, line.losses.failedAt + 3 * Time.second)
    }

    /// How long the budget may keep what is due, all others before it, and a slow server what comes first: a question about
    /// the API, and another write.
    func patience(at now: Int64) -> Int64 {
        1500 * Time.millisecond + 8 * Time.second / Int64(limits.writesPerSecond) + 2 * slowness(at: now)
    }

    /// Contract 6: once no beat was accepted for delete-after, the entry counts as gone, and is registered anew.
    mutating func judgeLapse(_ identity: String, _ line: Line, at now: Int64) {
        guard let accepted = line.acceptedAt else { return }
        let owners = holders.values.filter { $0.identities.contains(identity) }
        guard let longest = owners.flatMap(\.versions).map(\.deleteAfter).max(), now - accepted >= longest else {
            return
        }
        fail(
            Predicate.useful, "a beat, though none was accepted since \(Time.text(accepted)): the entry is gone",
            identity, at: now)
    }

    /// Contract 3.4 and promise P7: what no file wants any more is said goodbye to, what an earlier run left too.
    mutating func checkOwed(_ identity: String, _ line: Line, at now: Int64) {
        let isWanted =
            !course.hasSeenFolder || course.orphans.contains(identity)
            || holders.values.contains { $0.identities.contains(identity) || $0.former.contains(identity) }
        guard !isWanted else {
            lines[identity]?.unwantedAt = nil
            return
        }
        let since = line.unwantedAt ?? now
        lines[identity]?.unwantedAt = since
        guard line.isHeld, !line.isForgotten, line.flight == nil, line.goodbyeAt < since - Time.second,
            now - quiet(since: since, line) > patience(at: now)
        else { return }
        let isLeft = course.remembered[identity] != nil && line.lastLeft < course.startedAt
        fail(
            isLeft ? Predicate.restart : Predicate.goodbye,
            "wanted by no file since \(Time.text(since)), and no goodbye has left", identity, at: now)
    }

    /// Contract 3 and 3.5: what is alive is registered after warm-up and hold-back, and no later.
    mutating func checkArrival(_ name: String, _ holder: Holder, at now: Int64) {
        guard holder.pending == nil, let identity = holder.identity, let alive = risenSince(holder.running),
            !isHindered(holder, at: now)
        else { return }
        let line = lines[identity] ?? Line()
        guard !line.isHeld, line.flight == nil else { return }
        let since = max(
            quiet(since: alive, line), holder.changedAt, holder.troubledAt, holder.offAt,
            line.losses.unansweredAt + 2 * limits.timeout, line.losses.missedAt)
        // A down that an earlier run of beatd began may count as one more.
        let downs = holder.downs.filter { now - $0 <= 300 * Time.second + (now - alive) }.count + 1
        let hold = downs < 3 ? 0 : min(5 * Time.second << Int64(min(downs - 3, 3)), 30 * Time.second)
        let rise = holder.sharesLooks ? 12 * Time.second : 0
        guard now - since > patience(at: now) + rise + holder.running.warmUp + hold else { return }
        fail(
            Predicate.useful, "\(name) is alive since \(Time.text(alive)), and no registration has left", identity,
            at: now)
    }

    /// Contract 3.4: weight and metadata apply at once.
    mutating func checkChange(_ name: String, _ holder: Holder, at now: Int64) {
        guard holder.pending == nil, holder.former.isEmpty, let identity = holder.identity,
            let line = lines[identity], line.isHeld, line.flight == nil, let told = line.told,
            told != holder.running.content, let alive = steadySince(holder.running), !isHindered(holder, at: now)
        else { return }
        let since = max(
            quiet(since: alive, line), holder.changedAt, holder.troubledAt,
            line.losses.unansweredAt + 2 * limits.timeout)
        guard now - since > patience(at: now) else { return }
        fail(
            Predicate.useful,
            "\(name) is \(holder.running.content) since \(Time.text(holder.changedAt)), and the "
                + "registry was told \(told)", identity, at: now)
    }

    /// Since when all of its probes are alive as often as `rise` says, without a break; nil where one isn't.
    private func risenSince(_ plan: Plan) -> Int64? {
        guard let steady = steadySince(plan) else { return nil }
        let risen = plan.probes.map { sights[$0.target]?.risenAt }
        return risen.contains(nil) ? nil : risen.compactMap(\.self).reduce(steady, max)
    }

    /// Whether a look of it could not be made of late: what waits for it leaves late.
    private func isHindered(_ holder: Holder, at now: Int64) -> Bool {
        holder.running.probes.contains {
            now - (sights[$0.target]?.hinderedAt ?? .min / 2) < 12 * Time.second
        }
    }
}
