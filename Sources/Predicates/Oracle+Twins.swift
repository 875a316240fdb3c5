/// Of two files that describe one instance, the one that has it keeps it (contract 3.6).
extension Oracle {
    /// Whether another file has, or had until its new entry stands, what that one describes now.
    mutating func assign(_ name: String, at now: Int64) {
        guard let holder = holders[name], let wished = holder.identity(of: holder.running) else { return }
        let others = holders.filter { $0.key != name && $0.value.twin == nil }
        let owner = others.first { $0.value.claimed == wished || $0.value.former.contains(wished) }?.key
        holders[name]?.claimed = owner == nil ? wished : nil
        // Another file had it until now: what it takes over stands already.
        if owner == nil, holder.claimed != wished, lines[wished]?.stands == true { settleFormer(wished, at: now) }
        guard owner != holder.twin else { return }
        if owner != nil {
            holders[name]?.former = []
        } else {
            // As a file that has just come: what was owed to its entry may still be.
            holders[name]?.changedAt = now
            holders[name]?.troubledAt = now
            holders[name]?.offAt = now
        }
        holders[name]?.twin = owner
        if owner == nil { noteAlive(name, at: now) }
    }

    /// The other file may be gone, or describe another instance by now.
    mutating func retryTwins(at now: Int64) {
        for name in holders.keys.sorted() where holders[name]?.twin != nil { assign(name, at: now) }
    }

    /// Contracts 3.4 and 3.6: what is registered is what its own file says, not what a twin or an older version did.
    mutating func judgeContent(_ request: WireRequest, _ owners: [Holder], at now: Int64) {
        let told = "\(request.weight)|\(request.metadata)"
        guard !owners.isEmpty, !owners.contains(where: { $0.versions.contains { $0.content == told } }) else { return }
        fail(Predicate.useful, "registered with \(told), which its file does not say", request.identity, at: now)
    }

    /// All probes of a file say alive: from now on it was alive once.
    mutating func noteAlive(_ name: String, at now: Int64) {
        guard let holder = holders[name], holder.pending == nil, !course.isStopping,
            objection(to: holder.running, of: holder, at: now) == nil
        else { return }
        holders[name]?.isAlive = true
        holders[name]?.goneAt = nil
        holders[name]?.wasAlive = true
        // Who shares looks with another file may have come after the last one.
        if !holder.sharesLooks { everAlive[name] = everAlive[name] ?? now }
    }
}
