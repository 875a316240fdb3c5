/// One answer for one target.
package struct Look: Hashable, Sendable {
    package var began: Instant
    package var ended: Instant
    /// Why it isn't alive, or what is worth knowing though it is; a short sentence without a full stop.
    package var reason: String?
    /// Who was seen alive, where the probe can tell.
    package var process: ProcessIdentity?
    // Last, so that ten thousand of them leave no room unused.
    package var outcome: Outcome
    /// Alive for those alone who come to the address that was advertised then.
    package var isForCallers = false

    package init(
        began: Instant, ended: Instant, outcome: Outcome, reason: String? = nil, process: ProcessIdentity? = nil
    ) {
        self.began = began
        self.ended = ended
        self.outcome = outcome
        self.reason = reason
        self.process = process
    }
}

/// What a look says (contract 3.2).
package enum Outcome: String, Hashable, Sendable, CaseIterable {
    case alive
    /// Proof that nobody is there or that it is a stranger; acts at once.
    case gone
    /// No or a bad answer; counts to `fall`.
    case failing
    /// beatd itself could not tell; decides nothing.
    case unknown

    package var isDecisive: Bool { self != .unknown }
}

/// Names one ordered look.
package struct LookID: Hashable, Sendable {
    package var number: UInt64
    package init(number: UInt64) { self.number = number }
}

/// Look at `target` now; answer with a `SightingReport` within its time-out.
package struct LookOrder: Hashable, Sendable {
    package var id: LookID
    package var target: Target

    package init(id: LookID, target: Target) {
        self.id = id
        self.target = target
    }
}
