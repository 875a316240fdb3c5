import BeatdCore

/// Waits until what a reload changed is up or says why not (`reload --wait`); decides only, and knows no clock.
struct ReloadWait {
    /// Instances that are looked at in one turn: the loop has other things to do.
    static let mostPerTurn = 256

    private(set) var result: ReloadResult
    private let deadline: Instant
    /// How many of those that may come up have said how it went, from the front.
    private var said = 0
    private var notUp: [ReloadResult.Laggard] = []

    init(_ result: ReloadResult, until deadline: Instant) {
        self.result = result
        self.deadline = deadline
    }

    /// What is known after a look at some of those that are left.
    enum Step {
        case done
        /// Others are left to be looked at in the next turn.
        case more
        /// One has nothing to say yet.
        case later
    }

    /// Looks at some of them, in order; `status` gives what a NAME does, nil where it is gone by now.
    mutating func look(at now: Instant, registry: RegistryStatus, status: (String) -> InstanceStatus?) -> Step {
        for name in result.present.dropFirst(said).prefix(Self.mostPerTurn) {
            if let status = status(name), !Self.isUp(status) {
                guard now >= deadline || Self.saysWhyNot(status, registry) else { return .later }
                notUp.append(Self.laggard(status, registry))
            }
            said += 1
        }
        guard said == result.present.count else { return .more }
        result.notUp = notUp
        return .done
    }

    private static func isUp(_ status: InstanceStatus) -> Bool { status.phase == .up && status.pending == nil }

    /// Whether it has a reason that more waiting would hardly change.
    private static func saysWhyNot(_ status: InstanceStatus, _ registry: RegistryStatus) -> Bool {
        switch status.phase {
        case .down, .rejected: true
        // Alive and waiting is warm-up, `rise` or a hold-back: these end.
        case .waiting: status.ip == nil || status.probes.contains { $0.look.map { $0.outcome != .alive } ?? false }
        case .registering: registry.state == .unreachable || isRefusedForGood(status)
        // What is pending waits for its probes, what is suspect for `fall` or the next alive look.
        case .up, .suspect: false
        }
    }

    /// Whether the registry would say the same again: it knows whom and what it refused.
    private static func isRefusedForGood(_ status: InstanceStatus) -> Bool {
        switch status.refusal?.meaning {
        case .invalid, .denied: true
        case .throttled, .unavailable, .missing, .broken, nil: false
        }
    }

    private static func laggard(_ status: InstanceStatus, _ registry: RegistryStatus) -> ReloadResult.Laggard {
        var reason = status.pending ?? status.reason
        if status.phase == .registering, registry.state == .unreachable, let error = registry.lastError {
            reason += " (\(error))"
        }
        return ReloadResult.Laggard(name: status.name, phase: status.phase.rawValue, reason: reason)
    }
}
