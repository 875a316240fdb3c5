/// Names one lease while it is in the table.
struct LeaseID: Hashable { var index: Int32 }

/// All leases, by number and by wire identity.
struct LeaseTable {
    private var slots: [Lease?] = []
    private var free: [Int32] = []
    private var byIdentity: [WireIdentity: LeaseID] = [:]

    var count: Int { byIdentity.count }
    var isEmpty: Bool { byIdentity.isEmpty }

    /// In the order of their numbers, so that the same events give the same effects.
    var ids: [LeaseID] { slots.indices.compactMap { slots[$0] == nil ? nil : LeaseID(index: Int32($0)) } }

    subscript(id: LeaseID) -> Lease {
        get {
            guard let lease = slots[Int(id.index)] else { preconditionFailure("a lease was used after its end") }
            return lease
        }
        _modify {
            guard var lease = slots[Int(id.index)] else { preconditionFailure("a lease was used after its end") }
            slots[Int(id.index)] = nil
            defer { slots[Int(id.index)] = lease }
            yield &lease
        }
    }

    /// Whether the lease is (still) in the table.
    func holds(_ id: LeaseID) -> Bool { slots[Int(id.index)] != nil }

    func id(of identity: WireIdentity) -> LeaseID? { byIdentity[identity] }

    /// What the registry side of a task's lease looks like; nil: it has none.
    func standing(of id: LeaseID?, at now: Instant) -> BeatTask.Standing {
        guard let lease = id.map({ self[$0] }) else {
            return BeatTask.Standing(isUp: false, lapse: nil, mayHold: false, isRegistered: false)
        }
        return BeatTask.Standing(
            isUp: lease.isUp(at: now), lapse: lease.lapse,
            mayHold: lease.wanted != nil && (lease.mayHold || lease.isInFlight != nil),
            isRegistered: lease.holding.isRegistered)
    }

    /// What must survive a restart: everything that the registry holds, or may hold, in our name.
    var remembered: [RememberedLease] {
        ids.compactMap { id in
            let lease = self[id]
            let instance = lease.holding.published ?? lease.holding.doubt?.instance ?? lease.flying
            return instance.map { RememberedLease(name: lease.name, instance: $0) }
        }
    }

    mutating func add(_ lease: Lease) -> LeaseID {
        let id: LeaseID
        if let index = free.popLast() {
            id = LeaseID(index: index)
            slots[Int(index)] = lease
        } else {
            id = LeaseID(index: Int32(slots.count))
            slots.append(lease)
        }
        byIdentity[lease.identity] = id
        return id
    }

    mutating func remove(_ id: LeaseID) {
        byIdentity[self[id].identity] = nil
        slots[Int(id.index)] = nil
        free.append(id.index)
    }
}
