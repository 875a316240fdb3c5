extension BeatReactor {
    // MARK: The folder

    /// Takes a whole snapshot.
    ///
    /// What is missing from an incomplete one was only not read, and stays.
    mutating func take(_ set: DescriptorSet, at now: Instant, into effects: inout Effects) {
        guard course.stop == nil else { return }
        #if DELIBERATE_BUGS
            let set = DeliberateBug.spoiled(set)
        #endif
        let known = Set(set.accepted.map(\.name)).union(tasks.byName.keys)
        for transition in folder.take(set.rejected, known: known, at: now) { effects.append(.transition(transition)) }
        let refused = Set(set.rejected.compactMap(\.name))
        let names = Set(set.accepted.map(\.name))
        var gone = set.complete ? tasks.byName.filter { !names.contains($0.key) && !refused.contains($0.key) } : [:]
        var added: [TaskID] = []
        for descriptor in set.accepted {
            if let id = tasks.byName[descriptor.name] {
                guard tasks[id].descriptor != descriptor || tasks[id].pending != nil else { continue }
                change(id, at: now, into: &effects) { $0.take(descriptor) }
            } else if let (name, id) = renamed(to: descriptor, among: gone) {
                gone[name] = nil
                rename(id, to: descriptor, at: now, into: &effects)
            } else {
                added.append(add(descriptor, at: now, into: &effects))
            }
        }
        for id in added { refresh(id, at: now, into: &effects) }  // last, so that passing texts leave no gaps in memory
        for (_, id) in gone.sorted(by: { $0.key < $1.key }) { remove(id, at: now, into: &effects) }
        folder.isLoaded = true
        if set.complete {
            folder.formerAddresses = [:]
            settleOrphans(but: refused, at: now, into: &effects)
            if folder.forget(but: refused) { memory.isDirty = true }
        }
    }

    /// The addresses of this host are these now.
    mutating func take(_ addresses: AddressSet, at now: Instant, into effects: inout Effects) {
        guard addresses != folder.addresses, course.stop == nil else { return }
        folder.addresses = addresses
        // Whoever runs takes its instance along, before twins ask for it.
        for id in tasks.ids where tasks[id].descriptor.address == .automatic && tasks[id].claim.twin == nil {
            assign(id, at: now, into: &effects)
            refresh(id, at: now, into: &effects)
        }
        folder.hasFreed = true
    }

    private mutating func add(_ new: InstanceDescriptor, at now: Instant, into effects: inout Effects) -> TaskID {
        let former = folder.formerAddress(of: new)
        // A file that was renamed while beatd was down is known by its entry.
        let wasUp = leases.wasLeftRegistered(folder.identity(of: new, current: former))
        if wasUp, !folder.wereAlive.contains(new.name) { memory.isDirty = true }
        let id = tasks.add(BeatTask(new, folder.past(of: new.name, wasUp: wasUp), at: now))
        if let former { tasks[id].claim.keep(former) }
        resubscribe(id, from: [], at: now, into: &effects)
        assign(id, at: now, into: &effects)
        return id
    }

    private mutating func rename(
        _ id: TaskID, to descriptor: InstanceDescriptor, at now: Instant, into effects: inout Effects
    ) {
        let old = tasks[id].targets
        tasks.rename(id, to: descriptor)
        resubscribe(id, from: old, at: now, into: &effects)
        assign(id, at: now, into: &effects)
        for lease in tasks[id].claim.all { leases[lease].name = descriptor.name }
        memory.isDirty = true
        refresh(id, at: now, into: &effects)
    }

    private mutating func remove(_ id: TaskID, at now: Instant, into effects: inout Effects) {
        for target in tasks[id].targets { looks.unsubscribe(id, from: target, &timers, into: &effects) }
        let task = tasks.remove(id)
        if let timer = task.timer { timers.remove(timer) }
        for lease in task.claim.all { disown(lease, at: now, into: &effects) }
        memory.isDirty = true
        effects.append(
            .transition(
                Transition(
                    name: task.descriptor.name, from: task.phase, phase: nil, reason: "the file was removed", at: now)))
    }

    /// Changes the descriptor of a task and what follows from it: looks, address, lease, phase.
    mutating func change(
        _ id: TaskID, at now: Instant, into effects: inout Effects, _ body: (inout BeatTask) -> Void
    ) {
        let old = tasks[id].targets
        body(&tasks[id])
        resubscribe(id, from: old, at: now, into: &effects)
        assign(id, at: now, into: &effects)
        refresh(id, at: now, into: &effects)
    }

    mutating func resubscribe(
        _ id: TaskID, from old: Set<Target>, at now: Instant, into effects: inout Effects
    ) {
        for target in tasks[id].orderedTargets where !old.contains(target) {
            looks.look(looks.subscribe(id, to: target), &timers, at: now, into: &effects)
        }
        let wanted = tasks[id].targets
        for target in old.subtracting(wanted) { looks.unsubscribe(id, from: target, &timers, into: &effects) }
    }

    // MARK: Addresses and identities

    /// The file that described the same instance: of several, each with an address of its own, the first by name.
    private func renamed(to new: InstanceDescriptor, among gone: [String: TaskID]) -> (name: String, id: TaskID)? {
        gone.filter { isSameInstance($0.value, new) }.min { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func isSameInstance(_ id: TaskID, _ descriptor: InstanceDescriptor) -> Bool {
        guard let lease = tasks[id].claim.lease else { return false }
        return leases[lease].identity == folder.identity(of: descriptor, current: tasks[id].claim.chosen)
    }

    /// Finds the lease of what the descriptor describes now.
    ///
    /// A former one stays in `leaving` until the new entry stands.
    mutating func assign(_ id: TaskID, at now: Instant, into effects: inout Effects) {
        tasks[id].advertise(folder.addresses, at: now)
        guard let instance = tasks[id].claim.instance else { return }
        if let former = tasks[id].claim.lease, leases[former].identity == instance.identity {
            tasks[id].claim.twin = nil
            return
        }
        let descriptor = tasks[id].descriptor
        let lease = Lease(
            instance, timing: descriptor.beat, name: descriptor.name, owner: id, timeout: settings.registry.timeout)
        switch leases.claim(lease, for: id) {
        case .granted(let lease):
            // Its goodbye may be waiting where an address comes back; what the former one was wanted for goes on here.
            if let former = tasks[id].claim.lease, leases[former].isWanted {
                leases[lease].want(instance, timing: descriptor.beat, at: now)
            }
            tasks[id].claim.take(lease)
        case .heldBy(let owner): tasks[id].claim.refuse(asTwinOf: tasks[owner].descriptor.file)
        }
    }

    /// Files that were refused for describing the same instance as another: that one may be gone or changed.
    mutating func retryTwins(at now: Instant, into effects: inout Effects) {
        guard folder.hasFreed, course.stop == nil else { return }
        folder.hasFreed = false
        for id in tasks.ids where tasks[id].claim.twin != nil {
            assign(id, at: now, into: &effects)
            refresh(id, at: now, into: &effects)
        }
    }

    /// Nobody wants that lease any more; it ends with its goodbye.
    mutating func disown(_ id: LeaseID, at now: Instant, into effects: inout Effects) {
        leases[id].owner = nil
        folder.hasFreed = true
        leases[id].want(nil, timing: leases[id].pace.timing, at: now)
        schedule(id, at: now, into: &effects)
    }

    /// After a restart: what no file wants any more is said goodbye to, unless its file is only broken.
    ///
    /// What its file describes otherwise by now stays until the new entry stands, as it would have without the restart.
    private mutating func settleOrphans(but refused: Set<String>, at now: Instant, into effects: inout Effects) {
        guard folder.mayHaveOrphans else { return }
        folder.mayHaveOrphans = false
        for id in leases.orphans {
            if let task = tasks.byName[leases[id].name] {
                leases[id].owner = task
                tasks[task].claim.leaving.append(id)
                refresh(task, at: now, into: &effects)
            } else if refused.contains(leases[id].name) {
                folder.mayHaveOrphans = true
            } else {
                disown(id, at: now, into: &effects)
            }
        }
    }
}
