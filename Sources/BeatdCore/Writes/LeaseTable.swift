/// Names one lease while it is in the table.
struct LeaseID: Hashable { var index: Int32 }

/// All leases, by number and by wire identity.
struct LeaseTable {
    /// An instance's identity as a key that takes no room of its own: it is kept with the instance.
    private struct Key: Hashable {
        let instance: Instance
        static func == (left: Key, right: Key) -> Bool { left.instance.identity == right.instance.identity }
        func hash(into hasher: inout Hasher) { instance.identity.hash(into: &hasher) }
    }

    private var slots = Slots<Lease>()
    private var byIdentity: [Key: LeaseID] = [:]

    var isEmpty: Bool { byIdentity.isEmpty }

    var ids: [LeaseID] { slots.numbers.map { LeaseID(index: $0) } }

    subscript(id: LeaseID) -> Lease {
        _read { yield slots[id.index] }
        _modify { yield &slots[id.index] }
    }

    /// Whether the lease is (still) in the table.
    func holds(_ id: LeaseID) -> Bool { slots.holds(id.index) }

    func id(of identity: WireIdentity) -> LeaseID? { byIdentity[Key(instance: Instance(identity: identity))] }

    /// What an earlier run left, and no file has claimed yet.
    var orphans: [LeaseID] { ids.filter { self[$0].isOrphan } }

    /// Whether an earlier run left that identity registered; a file that was removed meanwhile begins anew.
    func wasLeftRegistered(_ identity: WireIdentity?) -> Bool {
        identity.flatMap { id(of: $0) }.map { self[$0].isOrphan && self[$0].holding.isRegistered } ?? false
    }

    /// What the registry side of a task's lease looks like; nil: it has none.
    func standing(of id: LeaseID?, at now: Instant) -> BeatTask.Standing {
        guard let id else {
            return BeatTask.Standing(isUp: false, lapse: nil, mayHold: false, isRegistered: false, refusal: nil)
        }
        return self[id].standing(at: now)
    }

    /// What must survive a restart: everything that the registry holds, or may hold, in our name.
    var remembered: [RememberedLease] {
        ids.compactMap { id in
            let lease = self[id]
            let instance = lease.holding.published ?? lease.holding.doubt?.instance ?? lease.flying
            return instance.map { RememberedLease(name: lease.name, instance: $0) }
        }
    }

    /// What became of a wish for an identity.
    enum Claimed {
        case granted(LeaseID)
        case heldBy(TaskID)
    }

    /// The lease of that identity becomes the task's, unless another task has it; `new` where there is none yet.
    mutating func claim(_ new: Lease, for task: TaskID) -> Claimed {
        guard let found = id(of: new.identity) else { return .granted(add(new)) }
        if let owner = self[found].owner, owner != task { return .heldBy(owner) }
        self[found].owner = task
        self[found].name = new.name
        return .granted(found)
    }

    mutating func add(_ lease: Lease) -> LeaseID {
        let id = LeaseID(index: slots.add(lease))
        byIdentity[Key(instance: lease.holding.lastSent)] = id
        return id
    }

    mutating func remove(_ id: LeaseID) {
        byIdentity[Key(instance: slots[id.index].holding.lastSent)] = nil
        slots.remove(id.index)
    }
}
