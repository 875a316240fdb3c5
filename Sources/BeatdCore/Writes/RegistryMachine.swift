/// Which server, how many connections, and when to try again; no I/O of its own.
struct RegistryMachine {
    struct Connection {
        enum State: Hashable {
            case opening(since: Instant)
            case idle(since: Instant)
            case busy(WriteID)
            /// It did not take a write; its `closed` follows.
            case ending
        }
        var state: State
        /// Whether an answer ever came on it.
        var isProven = false
    }

    /// How the server disappoints, and what follows from it.
    struct Trouble {
        /// Connects and requests in a row without an answer.
        var failures = 0
        /// No connect before this.
        var mayOpen = Instant(nanoseconds: .min)
        /// Since when nothing was reached.
        var since: Instant?
        /// No write before this: the first one after an outage.
        var quietUntil = Instant(nanoseconds: .min)
    }

    /// At most so many connections, and never fewer than `fewest` where the work asks for them.
    static let fewest = 2
    static let most = 64
    /// A first write after an outage of at least this falls at a random point of one interval of it (promise P6).
    static let outage = Duration.seconds(5)

    private(set) var server: Server
    /// What is spoken from the next write on.
    private(set) var speaks: RegistryAPI
    /// Whether the last answer to a v1 beat offered light ones.
    private(set) var takesLightBeats = false
    /// v3 has no others.
    var lightBeats: Bool { speaks == .v3 || takesLightBeats }
    private(set) var isReachable = false
    private(set) var lastError: String?
    /// Whether an answer ever told which API the server speaks.
    private(set) var api: String?
    private(set) var connections: [ConnectionID: Connection] = [:]
    private var issued: UInt64 = 0
    private var trouble = Trouble()
    /// Once a server closed an idle connection at age a, we close ours at 0.8 a.
    private var idleLimit: Duration?
    private var answerTime = Duration.milliseconds(5)

    init(server: Server, api: RegistryAPI? = nil) {
        self.server = server
        speaks = api ?? .v1
    }

    // MARK: What to do next

    /// Asks for connections and says which may write, for `work` waiting writes at `rate` writes a second.
    mutating func pump(work: Int, rate: Double, at now: Instant, into effects: inout Effects) {
        guard work > 0, now >= trouble.quietUntil else { return }
        var free = 0
        for (id, connection) in connections.sorted(by: { $0.key < $1.key }) {
            switch connection.state {
            case .opening: free += 1
            case .busy, .ending: continue
            case .idle(let since):
                if let idleLimit, now - since >= idleLimit {
                    connections[id] = nil
                    effects.append(.close(id))
                } else if free < work {
                    free += 1
                    effects.append(.write(id))
                }
            }
        }
        guard now >= trouble.mayOpen else { return }
        // A server in trouble gets one connection to show that it is back, and a second one after a single failure.
        let limit = trouble.failures > 1 ? 1 : trouble.failures == 1 ? Self.fewest : limit(rate: rate)
        while free < work, connections.count < limit {
            issued += 1
            let id = ConnectionID(number: issued)
            connections[id] = Connection(state: .opening(since: now))
            effects.append(.open(id, server))
            free += 1
        }
    }

    private func limit(rate: Double) -> Int {
        let wanted = min(rate * answerTime.inSeconds * 2, Double(Self.most))
        return min(max(Int(wanted) + 1, Self.fewest), Self.most)
    }

    /// When `pump` could do more than now, where work waits.
    func nextChance(after now: Instant) -> Instant? {
        let next = max(trouble.quietUntil, trouble.mayOpen)
        return next > now ? next : nil
    }

    /// Whether that connection may be asked to write.
    func mayWrite(on id: ConnectionID, at now: Instant) -> Bool {
        guard case .idle = connections[id]?.state else { return false }
        return now >= trouble.quietUntil
    }

    /// The write as the server in use is told of it.
    func order(_ id: WriteID, _ kind: WriteOrder.Kind, _ instance: Instance) -> WriteOrder {
        WriteOrder(id: id, kind: kind, instance: instance, server: server, api: speaks)
    }

    mutating func wrote(_ write: WriteID, on id: ConnectionID) { connections[id]?.state = .busy(write) }

    // MARK: What happened

    mutating func connected(_ id: ConnectionID, interval: Duration, at now: Instant, _ chance: inout Chance) {
        guard case .opening = connections[id]?.state else { return }
        connections[id]?.state = .idle(since: now)
        if let since = trouble.since, now - since >= Self.outage {
            trouble.quietUntil = now + chance.part(of: interval)
        }
        trouble.since = nil
        isReachable = true
    }

    /// The write in flight on that connection, which has no answer now.
    mutating func closed(_ id: ConnectionID, _ why: ClosedReason, at now: Instant, _ chance: inout Chance) -> WriteID? {
        guard let connection = connections.removeValue(forKey: id) else { return nil }
        switch connection.state {
        case .opening:
            failed(text(why), at: now, &chance)
            return nil
        case .ending:
            if !connection.isProven { failed(text(why), at: now, &chance) }
            return nil
        case .idle(let since):
            // One that never carried an answer and ends at once would be opened again for ever.
            guard connection.isProven else {
                failed(text(why), at: now, &chance)
                return nil
            }
            // Right after an answer it is the answer's own `Connection: close`, and says nothing of idleness.
            if case .byPeer = why, now - since > .seconds(1) { idleLimit = max((now - since) * 4 / 5, .seconds(1)) }
            return nil
        case .busy(let write):
            // A server may close a kept connection just as we write on it: that is no sign of trouble.
            if !connection.isProven { failed(text(why), at: now, &chance) }
            return write
        }
    }

    /// An answer came, whatever it said.
    mutating func answered(on id: ConnectionID, took: Duration, reply: Reply, wasBeat: Bool, at now: Instant) {
        connections[id]?.state = .idle(since: now)
        connections[id]?.isProven = true
        answerTime = (answerTime * 7 + took) / 8
        trouble.failures = 0
        isReachable = true
        trouble.since = nil
        switch reply {
        case .accepted(_, let light):
            lastError = nil
            api = speaks.rawValue
            if wasBeat, speaks == .v1 { takesLightBeats = light ?? false }
        case .notFound:
            lastError = nil
            api = speaks.rawValue
        case .refused(let status, let text):
            lastError = "HTTP \(status): \(text)"
        case .noAnswer, .notSent:
            preconditionFailure("an answer that is none was counted as one")
        }
    }

    /// The write on that connection is given up; the connection goes with it, the server is marked for all.
    mutating func gaveUp(on id: ConnectionID, at now: Instant, _ chance: inout Chance) {
        connections[id] = nil
        failed("no answer in time", at: now, &chance)
    }

    /// The bytes never left, since the connection is ending; its own `closed` follows.
    mutating func didNotWrite(on id: ConnectionID) { connections[id]?.state = .ending }

    mutating func remember(lightBeats: Bool) { takesLightBeats = lightBeats }

    /// Another API from the next write on; what is in flight ends as it began.
    ///
    /// With another server: the writes that were in flight; nil where it stays.
    mutating func configure(_ new: RegistrySettings, into effects: inout Effects) -> [WriteID]? {
        if speaks != new.api ?? .v1 {
            speaks = new.api ?? .v1
            api = nil
        }
        return new.server == server ? nil : use(new.server, into: &effects)
    }

    private mutating func use(_ server: Server, into effects: inout Effects) -> [WriteID] {
        var writes: [WriteID] = []
        for (id, connection) in connections.sorted(by: { $0.key < $1.key }) {
            if case .busy(let write) = connection.state { writes.append(write) }
            effects.append(.close(id))
        }
        let issued = self.issued
        self = RegistryMachine(server: server, api: speaks)
        self.issued = issued
        return writes
    }

    private mutating func failed(_ why: String, at now: Instant, _ chance: inout Chance) {
        trouble.failures += 1
        lastError = why
        isReachable = false
        trouble.since = trouble.since ?? now
        trouble.mayOpen = now + Backoff.writes.delay(afterFailures: trouble.failures, &chance)
    }

    private func text(_ why: ClosedReason) -> String {
        switch why {
        case .unreachable(let text), .byPeer(let text), .byUs(let text): text
        }
    }
}
