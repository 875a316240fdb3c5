import BeatdCore

/// A heart with a hand-driven world around it: time moves to deadlines, effects are answered by the test.
struct Harness {
    var heart: BeatReactor
    var now = Instant(nanoseconds: 1_000_000_000_000)
    var effects = Effects()
    var transitions: [Transition] = []
    var orders: [WriteOrder] = []
    /// What left together.
    var batches: [[WriteOrder]] = []
    var looksOut: [LookOrder] = []
    var open: [ConnectionID] = []
    var closed: [ConnectionID] = []
    var watched: [ProcessIdentity] = []
    var saves: [RememberedState] = []
    /// What was told of refused writes.
    var refusals: [String] = []
    var isReady = false
    var finished: [Leftover]?
    /// How the world answers looks and writes while `run` goes on; nil leaves them out.
    var seen: (LookOrder, Instant) -> Sighting? = { _, _ in nil }
    var reply: (WriteOrder, Instant) -> Reply? = { order, _ in
        if case .beat = order.kind {
            .accepted(intervalMilliseconds: 5000, lightBeats: true)
        } else {
            .accepted(intervalMilliseconds: nil, lightBeats: nil)
        }
    }
    var isServerUp = true
    /// Servers that refuse, by host.
    var serversDown: Set<String> = []
    /// Every server that was to be connected to.
    var opened: [Server] = []

    /// What is spoken is known, unless a test wants it to be found out.
    init(_ settings: Settings = Settings(registry: RegistrySettings(api: .v1))) {
        heart = BeatReactor(settings: settings, at: Instant(nanoseconds: 1_000_000_000_000))
    }

    mutating func send(_ event: Event) {
        var inbox = [event]
        var bound = 100_000
        while !inbox.isEmpty {
            bound -= 1
            precondition(bound > 0, "the heart and its world never come to rest")
            heart.handle(inbox.removeFirst(), at: now, into: &effects)
            let list = effects.list
            effects.list.removeAll(keepingCapacity: true)
            for effect in list { perform(effect, &inbox) }
        }
    }

    private mutating func perform(_ effect: Effect, _ inbox: inout [Event]) {
        switch effect {
        case .look(let orders):
            for order in orders {
                if let sighting = seen(order, now) {
                    inbox.append(.saw([SightingReport(order: order.id, began: now, ended: now, seen: sighting)]))
                } else {
                    looksOut.append(order)
                }
            }
        case .watch(let process): watched.append(process)
        case .unwatch(let process): watched.removeAll { $0 == process }
        case .open(let id, let server):
            open.append(id)
            opened.append(server)
            let isUp = isServerUp && !serversDown.contains(server.host)
            inbox.append(isUp ? .connected(id) : .closed(id, .unreachable("connection refused")))
        case .close(let id): closed.append(id)
        case .write(let id):
            batches.append([])
            while let order = heart.nextWrite(on: id, at: now) {
                orders.append(order)
                batches[batches.count - 1].append(order)
                if let answer = reply(order, now) { inbox.append(.replied([WriteReply(order.id, answer)])) }
            }
        case .save(let version, let state):
            saves.append(state)
            inbox.append(.saved(version: version, error: nil))
        case .transition(let transition): transitions.append(transition)
        case .refused(let name, let kind, let refusal):
            refusals.append("\(name): the \(kind.noun) was refused: \(refusal.sentence)")
        case .ready: isReady = true
        case .finished(let left): finished = left
        }
    }

    /// That server refuses from now on, and resets what stands.
    mutating func breakServer(_ host: String) {
        serversDown.insert(host)
        for (id, server) in zip(open, opened) where server.host == host && !closed.contains(id) {
            send(.closed(id, .byPeer("reset")))
        }
    }

    /// Lets time pass, deadline by deadline.
    mutating func run(_ length: Duration) {
        let end = now + length
        var bound = 1_000_000
        while let next = heart.nextDeadline(), next.at <= end {
            bound -= 1
            precondition(bound > 0, "deadlines without end: \(next.why)")
            now = max(now, next.at)
            send(.tick)
        }
        now = end
        send(.tick)
    }

    var kinds: [String] {
        orders.map { order in
            switch order.kind {
            case .register: "register"
            case .beat(let light, _): light ? "light" : "full"
            case .deregister: "deregister"
            case .inquire: "inquire"
            }
        }
    }

    func phase(_ name: String) -> Phase? { heart.report.instance(name)?.phase }
}

let tcp9100 = ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 9100)))
let billingPidfile = ProbeSpec(target: Target(kind: .pidfile(path: "/run/billing.pid", executable: nil)))

func descriptor(
    _ name: String = "billing", port: Int = 9100, cluster: String = "DEFAULT", metadata: [String: String] = [:],
    probes: [ProbeSpec] = [tcp9100], warmUp: Duration = .zero
) -> InstanceDescriptor {
    InstanceDescriptor(
        name: name, file: "\(name).yaml",
        service: ServiceKey(namespace: "public", group: "DEFAULT_GROUP", service: name), port: port, cluster: cluster,
        address: .literal("10.0.3.7"), metadata: metadata, probes: probes, warmUp: warmUp)
}

func alive(_: LookOrder, _: Instant) -> Sighting? { .tcp(.connected) }
func refused(_: LookOrder, _: Instant) -> Sighting? { .tcp(.refused) }
