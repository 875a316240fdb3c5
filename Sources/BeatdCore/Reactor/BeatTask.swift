/// Names one descriptor's task while the descriptor is in force.
struct TaskID: Hashable { var index: Int32 }

/// One descriptor: where its instance stands, and what should be true at the registry.
struct BeatTask {
    /// A new version of the file that waits until its probes were alive once (contract 3.4, make-before-break).
    struct Pending {
        var descriptor: InstanceDescriptor
        var gate: HealthGate
    }

    /// Apart from the task: few have a version that waits, and all have room for it.
    private indirect enum Waiting {
        case nobody
        case version(Pending)
    }

    /// What an earlier run knew of the file.
    struct Past {
        /// It left the instance registered.
        var wasUp: Bool
        var wasAlive: Bool
        /// Since when it was alive without a break.
        var aliveSince: Instant?
    }

    /// What the task has at the registry, or would have.
    struct Claim {
        /// The lease it wants now; nil while it has no address or another file has that identity.
        var lease: LeaseID?
        /// Leases of an earlier address or port, kept until the new entry stands.
        var leaving: [LeaseID] = []
        /// The address advertised now.
        var ip: String?
        /// What should stand at the registry while it is alive; nil without an address.
        var instance: Instance?
        /// Whether the host's own was asked for: it is kept while the host has it; one that was written isn't.
        var isChosen = false
        /// The address that is kept.
        var chosen: String? { isChosen ? ip : nil }
        /// The file with the same instance that came first.
        var twin: String?

        /// An earlier run chose that address, and this host has it.
        mutating func keep(_ address: String) {
            ip = address
            isChosen = true
        }

        /// Another lease is wanted now; the former one stays until it stands.
        mutating func take(_ new: LeaseID) {
            twin = nil
            if let lease { leaving.append(lease) }
            leaving.removeAll { $0 == new }
            lease = new
        }

        /// Another file has that instance: what was held for this one is let go, so that files can exchange theirs.
        mutating func refuse(asTwinOf file: String) {
            twin = file
            if let lease { leaving.append(lease) }
            lease = nil
        }

        /// Every lease there is of it.
        var all: [LeaseID] { leaving + (lease.map { [$0] } ?? []) }
    }

    /// What the task wants of its lease.
    enum Want: Hashable {
        case nobody
        /// Not yet; an entry of a former address goes on until then.
        case later
        /// Nothing is decided: what was wanted goes on.
        case unchanged
        case registered
    }

    /// What `decide` found.
    struct Decision {
        var phase: Phase
        var reason: String
        var want: Want
        /// When the decision changes by itself.
        var until: Instant?
    }

    /// What the registry side looks like to a task.
    struct Standing {
        var isUp: Bool
        /// When `isUp` ends by itself.
        var lapse: Instant?
        /// Whether something of it may be there, or is on its way.
        var mayHold: Bool
        var isRegistered: Bool
        /// What the registry said to its last write, where that was no yes.
        var refusal: String?
        /// Why nothing can be written to it at all.
        var problem: String?

        /// The reason with that behind it.
        func with(_ reason: String) -> String { refusal.map { "\(reason); \($0)" } ?? reason }
    }

    /// A phase that ends by itself, without news, is seen to end at a multiple of this.
    ///
    /// So ten thousand of them share their wake-ups. Whether a beat may leave is not asked of the phase.
    private static let phaseStep = Duration.milliseconds(100)

    // What each beat asks for stands first.
    private(set) var descriptor: InstanceDescriptor
    private(set) var gate: HealthGate
    private(set) var phase: Phase?
    var timer: TimerWheel<Timer>.Handle?
    /// When the latest decision that it is up ends, unless another beat is accepted.
    @InstantOrNone private var lapse: Instant? = nil
    private var waiting = Waiting.nobody
    var claim = Claim()
    private(set) var reason = ""
    private(set) var since: Instant
    @InstantOrNone private(set) var aliveSince: Instant? = nil
    private var flaps = FlapGuard()
    /// Whether it was alive before, as far as beatd remembers: only then can it be `down` (contract 6).
    private(set) var wasAlive: Bool
    /// Whether it was down, or never alive, when that was last known: going down counts once, after it was alive.
    private var isDown: Bool
    /// Whether this run of beatd saw it go down, and not alive since: an entry of it is owed a goodbye.
    private var sawItGo = false

    init(_ descriptor: InstanceDescriptor, _ past: Past, at now: Instant) {
        self.descriptor = descriptor
        gate = HealthGate(probes: descriptor.probes, wasUp: past.wasUp)
        // What is of another entry begins anew.
        aliveSince = past.wasUp ? past.aliveSince : nil
        wasAlive = past.wasAlive
        isDown = past.aliveSince == nil && !past.wasUp
        since = now
    }

    private(set) var pending: Pending? {
        get { if case .version(let pending) = waiting { pending } else { nil } }
        set { waiting = newValue.map(Waiting.version) ?? .nobody }
    }

    /// Every target this task needs looks at, in the order of the file.
    var orderedTargets: [Target] { (descriptor.probes + (pending?.descriptor.probes ?? [])).map(\.target) }

    var targets: Set<Target> { Set(orderedTargets) }

    // MARK: Looks

    /// Says whether the task has to be decided anew.
    ///
    /// While it is up, a look that shows once more what was alive only moves the time when it goes stale, and the timer
    /// of the former time is still to come.
    mutating func take(_ look: Look, of target: Target, at now: Instant) -> Bool {
        // After one that was too old, a beat may wait for this one, whether or not the phase was seen to end.
        let wasStale = !gate.mayBeat(at: now)
        let isNews = gate.take(look, of: target)
        guard pending != nil else { return isNews || wasStale || phase != .up }
        pending?.gate.take(look, of: target)
        return true
    }

    mutating func wake(_ target: Target, at now: Instant) {
        gate.wake(target, at: now)
        pending?.gate.wake(target, at: now)
    }

    /// Takes the address that callers are sent to from now on.
    mutating func advertise(_ addresses: AddressSet, at now: Instant) {
        let former = claim.ip
        claim.ip = addresses.advertised(descriptor.address, current: claim.chosen)
        claim.isChosen = descriptor.address == .automatic
        claim.instance = claim.ip.map { descriptor.instance(at: $0) }
        guard claim.ip != former else { return }
        gate.moveCallers(at: now)
        pending?.gate.moveCallers(at: now)
    }

    // MARK: Versions

    /// Takes another version of the file; new probes of a running instance wait until they were alive once.
    ///
    /// The same version told again changes nothing, so that a busy folder doesn't make it wait for ever.
    mutating func take(_ new: InstanceDescriptor) {
        guard new != pending?.descriptor else { return }
        pending = nil
        guard new != descriptor else { return }
        if new.probes == descriptor.probes {
            descriptor = new
        } else if phase == .up {
            pending = Pending(descriptor: new, gate: HealthGate(probes: new.probes, wasUp: false))
        } else {
            descriptor = new
            gate = HealthGate(probes: new.probes, wasUp: false)
        }
    }

    /// Takes over the waiting version where it is proven, or the running one is down.
    ///
    /// Says whether it did.
    mutating func adoptPending(at now: Instant) -> Bool {
        guard var pending else { return false }
        if pending.gate.wereAliveOnce {
            pending.gate.vouch()
        } else {
            guard case .down = gate.verdict(at: now) else { return false }
            // What the new probes have not seen yet takes nothing back.
            goDown(at: now)
        }
        descriptor = pending.descriptor
        gate = pending.gate
        self.pending = nil
        return true
    }

    // MARK: Deciding

    /// What should be true now, from looks, address and what the registry holds.
    mutating func decide(_ standing: Standing, of host: AddressSet, at now: Instant) -> Decision {
        if let twin = claim.twin {
            return Decision(phase: .rejected, reason: "describes the same instance as \(twin)", want: .nobody)
        }
        let verdict = gate.verdict(at: now)
        if verdict == .alive {
            aliveSince = aliveSince ?? now
            wasAlive = true
            isDown = false
            sawItGo = false
        }
        if case .down(let why) = verdict {
            goDown(at: now)
            return Decision(phase: wasAlive ? .down : .waiting, reason: standing.with(why), want: .nobody)
        }
        guard claim.ip != nil else {
            return Decision(phase: .waiting, reason: host.lack, want: .nobody)
        }
        switch verdict {
        case .down:
            preconditionFailure("down was decided above")
        case .unseen(let why):
            let phase: Phase = wasAlive ? phaseInDoubt(standing) : .waiting
            let reason = isDown ? standing.with(why) : why
            return Decision(phase: phase, reason: reason, want: wantInDoubt, until: gate.nextChange(after: now))
        case .suspect(let why):
            return Decision(
                phase: phaseInDoubt(standing), reason: why, want: wantInDoubt, until: gate.nextChange(after: now))
        case .alive:
            return decideAlive(standing, at: now)
        }
    }

    /// Going down counts once.
    private mutating func goDown(at now: Instant) {
        if !isDown { flaps.down(at: now) }
        isDown = true
        sawItGo = true
        aliveSince = nil
    }

    private var wantInDoubt: Want { sawItGo ? .nobody : .unchanged }

    /// What went down is down until all of it was seen alive at once, over restarts and new probes, too.
    private func phaseInDoubt(_ standing: Standing) -> Phase {
        if isDown, wasAlive { return .down }
        return standing.mayHold ? .suspect : .waiting
    }

    private mutating func decideAlive(_ standing: Standing, at now: Instant) -> Decision {
        let stale = gate.nextChange(after: now)
        func earliest(_ other: Instant?) -> Instant? { Self.earlier(stale, other) }
        if !standing.mayHold {
            let warm = (gate.process?.started ?? aliveSince ?? now) + descriptor.warmUp
            if warm > now {
                let reason = "warm-up: \(Self.seconds(warm - now)) s left"
                return Decision(phase: .waiting, reason: reason, want: .later, until: earliest(warm))
            }
            if let held = flaps.held(at: now) {
                let reason = "held back \(Self.seconds(held - now)) s: \(flaps.reason(at: now))"
                return Decision(phase: .waiting, reason: reason, want: .later, until: earliest(held))
            }
        }
        if standing.isUp {
            lapse = standing.lapse
            let reason = standing.with("all probes alive")
            return Decision(phase: .up, reason: reason, want: .registered, until: upUntil(at: now))
        }
        let reason =
            (standing.refusal ?? standing.problem.map { "the registration waits: \($0)" }).map { "alive; \($0)" }
            ?? (standing.isRegistered ? "alive; no beat was accepted yet" : "alive; the registration is being sent")
        return Decision(phase: .registering, reason: reason, want: .registered, until: stale)
    }

    /// The timer fired for a look that others have followed: nothing else has changed, and it waits for the latest one.
    mutating func goesOn(as id: TaskID, _ timers: inout TimerWheel<Timer>, at now: Instant) -> Bool {
        guard phase == .up, pending == nil, lapse.map({ $0 > now }) ?? true, gate.verdict(at: now) == .alive else {
            return false
        }
        timers.arm(&timer, .task(id), due: upUntil(at: now))
        return true
    }

    /// When it is no longer up by itself.
    private func upUntil(at now: Instant) -> Instant? {
        Self.earlier(gate.nextChange(after: now), lapse)?.roundedUp(to: Self.phaseStep)
    }

    /// Another beat of its lease was accepted; says whether that only moves the time when it is up no longer.
    ///
    /// The timer of the former time is still to come.
    mutating func goesOn(with lease: LeaseID, until lapse: Instant) -> Bool {
        guard phase == .up, pending == nil, claim.lease == lease, claim.leaving.isEmpty else { return false }
        self.lapse = lapse
        return true
    }

    /// Takes the decision's phase; gives the transition if it is another one.
    mutating func enter(_ decision: Decision, at now: Instant) -> Transition? {
        reason = decision.reason
        guard decision.phase != phase else { return nil }
        defer {
            phase = decision.phase
            since = now
        }
        return Transition(name: descriptor.name, from: phase, phase: decision.phase, reason: reason, at: now)
    }

    private static func earlier(_ one: Instant?, _ other: Instant?) -> Instant? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    private static func seconds(_ length: Duration) -> Int64 { (length.nanoseconds + 999_999_999) / 1_000_000_000 }
}
