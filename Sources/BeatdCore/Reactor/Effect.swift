/// Everything the heart asks its drivers to do, in this order.
package enum Effect: Sendable {
    /// All looks that one event asks for.
    case look([LookOrder])
    /// Tell with `exited` when that process ends; the sighting's pidfd is still held for it.
    case watch(ProcessIdentity)
    /// That process is of no interest any more.
    case unwatch(ProcessIdentity)
    /// Answer with `connected` or `closed`.
    case open(ConnectionID, Server)
    /// Answer with `closed`, unless it was reported already; what is in flight on it has been given up.
    case close(ConnectionID)
    /// Ask `nextWrite(on:at:)` now, until it gives nil.
    case write(ConnectionID)
    /// Make it durable, then say `saved`.
    case save(version: UInt64, RememberedState)
    case transition(Transition)
    /// Tell people that the registry refused a write of that instance.
    case refused(name: String, WriteClass, Refusal)
    /// `ready.when` came true, or its time-out passed.
    case ready
    /// The stop is done; what is still registered (or may be) is named.
    case finished(left: [Leftover])
}

/// An entry that is still registered at the end, or may be, and the NAME under which it was.
package struct Leftover: Hashable, Sendable {
    package var name: String
    package var identity: WireIdentity
}

/// The effects of one event; its driver owns and reuses it, so that a tick allocates nothing.
///
/// Looks come first, as the time until they are made counts; what is only told comes last: a goodbye doesn't wait for a
/// log line.
package struct Effects: Sendable {
    package var list: [Effect] = []
    private var looks: [LookOrder] = []
    private var told: [Effect] = []
    package init() {}

    mutating func append(_ effect: Effect) {
        switch effect {
        case .transition, .refused: told.append(effect)
        default: list.append(effect)
        }
    }

    mutating func look(_ order: LookOrder) { looks.append(order) }

    /// The event has no more of them.
    mutating func end() {
        if !looks.isEmpty {
            list.insert(.look(looks), at: 0)
            looks = []
        }
        guard !told.isEmpty else { return }
        list += told
        told.removeAll(keepingCapacity: told.count < 100)
    }
}

/// Something an operator would want to know.
package struct Transition: Hashable, Sendable {
    package var name: String
    /// nil: the instance is new.
    package var from: Phase?
    package var phase: Phase?
    package var reason: String
    package var at: Instant

    package init(name: String, from: Phase?, phase: Phase?, reason: String, at: Instant) {
        self.name = name
        self.from = from
        self.phase = phase
        self.reason = reason
        self.at = at
    }
}

/// Where an instance stands (contract 6).
///
/// The phases of a drain come with it.
package enum Phase: String, Hashable, Sendable, CaseIterable {
    case waiting, registering, up, suspect, down, rejected
}
