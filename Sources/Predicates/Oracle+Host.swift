extension Oracle {
    // MARK: The host's truth, and what looks saw of it

    /// The subject of a target lives, or no longer does, whether or not anybody saw it.
    package mutating func truth(_ target: Int, isAlive: Bool, of name: String, probe: Plan.Probe, at now: Int64) {
        if sights[target] == nil { sights[target] = Sight(probe, at: now) }
        sights[target]?.truth(isAlive, at: now)
    }

    /// beatd was handed what a look saw.
    package mutating func looked(_ target: Int, _ seen: Seen, ordered: Int64, began: Int64, at now: Int64) {
        guard let sight = sights[target], ordered >= sight.usedSince else { return }
        let callers = holders.values.filter { $0.versions.contains { $0.probes.contains { $0.target == target } } }
            .compactMap { $0.running.address ?? $0.ip }.filter(addresses.local.contains)
        sights[target]?.take(
            seen, began: began, isReached: { callers.isEmpty || callers.contains($0) }, at: now)
        adopt(at: now)
    }

    /// beatd was told that something happened to a target.
    package mutating func woke(_ target: Int, at now: Int64) { sights[target]?.wake(at: now) }

    /// beatd was told that a process ended.
    package mutating func exited(_ process: Int, at now: Int64) {
        for target in sights.keys.sorted() { _ = sights[target]?.exited(process, at: now) }
        adopt(at: now)
    }

    /// Callers of that file come to another address: what was good for the former one says nothing any more.
    ///
    /// Of that file alone: those of another file that looks at the same target come where they came.
    private func moveCallers(of holder: inout Holder, at now: Int64) {
        for probe in holder.versions.flatMap(\.probes) where sights[probe.target]?.isForCallers == true {
            holder.movedAt[probe.target] = now
            holder.troubledAt = now
        }
    }

    // MARK: Files and addresses, as beatd was told

    /// A snapshot of the folder was handed over.
    package mutating func files(_ plans: [Plan], refused: Set<String>, isComplete: Bool, at now: Int64) {
        // Who is on the way out takes nothing up.
        guard !course.isStopping else { return }
        let used = usedTargets
        let left = course.orphans
        let names = Set(plans.map(\.name))
        var gone: [String: Holder] = [:]
        if isComplete { gone = holders.filter { !names.contains($0.key) && !refused.contains($0.key) } }
        for plan in plans {
            if holders[plan.name] != nil {
                change(plan, at: now)
            } else if let (old, holder) = gone.filter({ renames($0.value, to: plan) }).min(by: { $0.key < $1.key }) {
                gone[old] = nil
                holders[old] = nil
                // The name alone disturbs nothing.
                var holder = holder
                holder.running.name = plan.name
                holder.pending?.name = plan.name
                holders[plan.name] = holder
                if everAlive.removeValue(forKey: old) != nil { everAlive[plan.name] = now }
                change(plan, at: now)
            } else {
                var holder = Holder(plan, at: now)
                holder.ip = kept(plan) ?? addresses.source
                holder.sharesLooks = !usedTargets.isDisjoint(with: plan.probes.map(\.target))
                holders[plan.name] = holder
                assign(plan.name, at: now)
                holder = holders[plan.name] ?? holder
                // A file that comes back: the goodbye that its removal owed may still be on its way. Without an address
                // what an earlier run left is owed one, too.
                if course.hasSeenFolder || holder.identity == nil { holder.offAt = now }
                let isLeft = holder.identity.map { left.contains($0) } ?? false
                holder.wasAlive = course.wereAlive.remove(plan.name) != nil || isLeft
                holders[plan.name] = holder
                welcome(holder, at: now)
            }
        }
        for name in gone.keys { holders[name] = nil }
        retryTwins(at: now)
        if isComplete {
            course.hasSeenFolder = true
            course.wereAlive.formIntersection(refused)
            everAlive = everAlive.filter { holders[$0.key] != nil || refused.contains($0.key) }
            settleOrphans(but: refused)
        }
        for target in usedTargets.subtracting(used) {
            let wasUp = holders.values.contains { holder in
                holder.running.probes.contains { $0.target == target }
                    && holder.identity.map { left.contains($0) } ?? false
            }
            sights[target]?.forget(at: now, wasUp: wasUp)
        }
    }

    /// An address that the host chose is kept over a restart, unless two entries of the file were left.
    private func kept(_ plan: Plan) -> String? {
        let left = course.remembered.values.filter { $0.name == plan.name }
        guard plan.address == nil, !course.hasSeenFolder, left.count == 1, addresses.local.contains(left[0].ip) else {
            return nil
        }
        return left[0].ip
    }

    /// What its file describes otherwise by now stays until the new entry stands, as without a restart.
    private mutating func settleOrphans(but refused: Set<String>) {
        for identity in course.orphans.sorted() {
            guard let name = course.remembered[identity]?.name, holders[name] != nil || !refused.contains(name) else {
                continue
            }
            course.orphans.remove(identity)
            let isClaimed = holders.values.contains { $0.identities.contains(identity) }
            if !isClaimed { holders[name]?.former.append(identity) }
        }
    }

    private var usedTargets: Set<Int> {
        Set(holders.values.flatMap { $0.versions.flatMap { $0.probes.map(\.target) } })
    }

    private func renames(_ holder: Holder, to plan: Plan) -> Bool {
        guard let identity = holder.identity else { return false }
        return (plan.address ?? holder.ip).map { plan.identity(at: $0) } == identity
    }

    /// After a restart: what the last run remembered is ours again, and its schedule has to be kept.
    private mutating func welcome(_ holder: Holder, at now: Int64) {
        guard let identity = holder.identity, let line = lines[identity] else { return }
        guard line.resumeBy == .max else { return }
        let isOfAnotherCluster = line.clusters[holder.running.cluster] == nil
        guard course.remembered[identity] != nil, !isOfAnotherCluster else {
            lines[identity]?.resumeBy = nil
            return
        }
        let interval = interval(of: holder, line)
        // The first look has to come back before the first beat.
        lines[identity]?.resumeBy = line.lastLeft + interval + (now - course.stoppedAt) + 2 * Time.second
    }

    private mutating func change(_ plan: Plan, at now: Int64) {
        guard var holder = holders[plan.name] else { return }
        guard holder.running != plan || holder.pending != nil else { return }
        holder.changedAt = now
        // While new probes wait, the running version goes on as if nothing had happened.
        if holder.running.probes == plan.probes || holder.pending != nil { holder.troubledAt = now }
        let before = holder.identities
        let wasFormer = holder.former
        let ip = holder.running.address ?? holder.ip
        // Only an address that the host chose is kept.
        if holder.running.address != nil { holder.ip = addresses.source }
        if holder.running.probes == plan.probes {
            holder.running = plan
            holder.pending = nil
        } else {
            holder.pending = plan
        }
        if ip != holder.running.address ?? holder.ip { moveCallers(of: &holder, at: now) }
        let current = holder.identities
        holder.former.append(contentsOf: before.filter { !current.contains($0) })
        holder.former.removeAll { current.contains($0) }
        // What another file had there may still be said goodbye to.
        if let identity = holder.identity, !before.contains(identity), !wasFormer.contains(identity),
            lines[identity]?.mayBeHeld == true
        {
            holder.offAt = now
        }
        holders[plan.name] = holder
        assign(plan.name, at: now)
        adopt(at: now)
    }

    /// A waiting version takes over once its probes were alive, or the running one is down.
    private mutating func adopt(at now: Int64) {
        for (name, holder) in holders where holder.twin == nil {
            let isDown = isDown(holder.running)
            if isDown || holder.identity == nil { holders[name]?.offAt = now }
            // What is down waits for no new entry, and lets the former ones go.
            if isDown, holder.pending == nil, !holder.former.isEmpty {
                holders[name]?.former = []
                retryTwins(at: now)
            }
            // Without ever having been alive it does not go down.
            if isDown, holder.pending == nil, holder.isAlive { holders[name]?.downs.append(now) }
            if isDown { holders[name]?.isAlive = false }
            noteAlive(name, at: now)
            guard let pending = holder.pending else { continue }
            let isProven = pending.probes.allSatisfy {
                guard let sight = sights[$0.target] else { return false }
                return sight.latest.map { $0.isAlive && $0.ended >= holder.changedAt } ?? false
            }
            guard isProven || isDown else { continue }
            if isProven { for probe in pending.probes { sights[probe.target]?.vouch(at: now) } }
            guard var holder = holders[name] else { continue }
            let before = holder.identities
            holder.running = pending
            holder.pending = nil
            holder.goneAt = isProven ? nil : now
            holder.changedAt = now
            holder.troubledAt = now
            for identity in before where identity != holder.identity { holder.former.append(identity) }
            holders[name] = holder
            assign(name, at: now)
        }
    }

    /// The addresses of the host were handed over.
    package mutating func addresses(source: String?, local: Set<String>, at now: Int64) {
        guard !course.isStopping else { return }
        addresses = Addresses(source: source, local: local)
        defer {
            for name in holders.keys.sorted() where holders[name]?.twin == nil { assign(name, at: now) }
            retryTwins(at: now)
        }
        for (name, holder) in holders {
            guard holder.running.address == nil else {
                holders[name]?.ip = source
                continue
            }
            if let ip = holder.ip, local.contains(ip) { continue }
            let before = holder.identities
            var moved = holder
            moved.ip = source
            moveCallers(of: &moved, at: now)
            holders[name] = moved
            holders[name]?.changedAt = now
            holders[name]?.troubledAt = now
            if source != nil { holders[name]?.former += before }
            let current = holders[name]?.identities ?? []
            if source == nil {
                holders[name]?.offAt = now
                // Without an address nothing new will stand: what was there before is let go.
                holders[name]?.former = []
            }
            holders[name]?.former.removeAll { current.contains($0) }
            // The host went back to an address that was not said goodbye to yet.
            let stands = current.contains { lines[$0]?.isHeld == true }
            if stands { holders[name]?.released.formUnion(before.filter { !current.contains($0) }) }
        }
    }

    // MARK: What follows

    func isDown(_ plan: Plan) -> Bool { plan.probes.contains { sights[$0.target]?.standing == .down } }

    /// Since when it is known to be down.
    func downSince(_ plan: Plan) -> Int64? {
        plan.probes.compactMap { probe in
            guard let sight = sights[probe.target], sight.standing == .down else { return nil }
            return sight.standsSince
        }.min()
    }

    /// Since when every look at its probes said alive, in truth too; nil where one doesn't.
    func steadySince(_ plan: Plan) -> Int64? {
        var latest = Int64.min
        for probe in plan.probes {
            guard let sight = sights[probe.target], sight.standing == .passing, sight.latest?.isAlive == true,
                sight.isTrue
            else { return nil }
            latest = max(latest, sight.steadySince, sight.standsSince)
        }
        return latest
    }

    func isSteady(_ holder: Holder, at now: Int64) -> Bool {
        guard holder.former.isEmpty, let since = steadySince(holder.running) else {
            return false
        }
        return now - max(since, holder.troubledAt, course.troubledAt) > 20 * Time.second
    }

    /// What the server asked for within contract 4's bounds, else the file's own.
    func interval(of holder: Holder, _ line: Line) -> Int64 {
        guard let asked = line.askedInterval, asked >= 500 else { return holder.running.interval }
        return min(min(asked, 86_400_000) * Time.millisecond, holder.running.timeout / 2)
    }
}
