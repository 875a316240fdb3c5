/// Which server, how many connections, and when to try again; no I/O of its own.
struct RegistryMachine {
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

    /// What a connection may carry next.
    enum Room: Hashable { case none, lightBeats, anything }

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
    private(set) var connections: [ConnectionID: RegistryConnection] = [:]
    private var issued: UInt64 = 0
    private var trouble = Trouble()
    /// Once a server closed an idle connection at age a, we close ours at 0.8 a.
    private var idleLimit: Duration?
    private var answerTime = Duration.milliseconds(5)
    private(set) var depth = Depth()

    init(server: Server, api: RegistryAPI? = nil) {
        self.server = server
        speaks = api ?? .v1
    }

    // MARK: What to do next

    /// Asks for connections and says which may write, for `beats` and `others` that wait, at `rate` writes a second.
    mutating func pump(beats: Int, others: Int, rate: Double, at now: Instant, into effects: inout Effects) {
        let depth = lightBeats ? self.depth.current : 1
        let work = others + (beats + depth - 1) / depth
        guard work > 0, now >= trouble.quietUntil else { return }
        var free = 0
        for (id, connection) in connections.sorted(by: { $0.key < $1.key }) {
            switch connection.state {
            case .opening: free += 1
            case .filling, .busy, .ending: continue
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
        let limit = trouble.failures > 1 ? 1 : trouble.failures == 1 ? Self.fewest : limit(rate: rate / Double(depth))
        while free < work, connections.count < limit {
            issued += 1
            let id = ConnectionID(number: issued)
            connections[id] = RegistryConnection(openingAt: now)
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

    /// What that connection may be asked to write now.
    func room(on id: ConnectionID, at now: Instant) -> Room {
        guard now >= trouble.quietUntil else { return .none }
        return switch connections[id]?.state {
        case .idle: .anything
        case .filling: .lightBeats
        case .opening, .busy, .ending, nil: .none
        }
    }

    /// The write as the server in use is told of it.
    func order(_ id: WriteID, _ kind: WriteOrder.Kind, _ instance: Instance) -> WriteOrder {
        WriteOrder(id: id, kind: kind, instance: instance, server: server, api: speaks)
    }

    /// `isShared`: other light beats may be in flight beside it.
    mutating func wrote(_ write: WriteID, on id: ConnectionID, isShared: Bool) {
        guard let connection = connections[id] else { return }
        let isLast = connection.writes.count + 1 >= depth.allowed(on: connection)
        connections[id]?.wrote(write, mayBeFollowed: isShared && !isLast)
    }

    /// Nothing more is asked of that connection until all of it is answered.
    mutating func filled(_ id: ConnectionID) { connections[id]?.isFilled() }

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

    /// The writes in flight on that connection, which have no answer now.
    mutating func closed(_ id: ConnectionID, _ why: ClosedReason, at now: Instant, _ chance: inout Chance) -> [WriteID]
    {
        guard let connection = connections.removeValue(forKey: id) else { return [] }
        cutShort(connection, at: now)
        if why == .announced, let answers = connection.answersOfOne { depth.ended(after: answers) }
        // One that never carried an answer and ends at once would be opened again for ever; a server may close a kept
        // one just as we write on it: that is no sign of trouble.
        guard connection.isProven else {
            failed(why.sentence, at: now, &chance)
            return connection.writes
        }
        if case .idle(let since) = connection.state, case .byPeer = why {
            // Right after an answer it is the answer's own doing, and says nothing of idleness.
            if now - since > .seconds(1) { idleLimit = max((now - since) * 4 / 5, .seconds(1)) }
        }
        return connection.writes
    }

    private mutating func cutShort(_ connection: RegistryConnection, at now: Instant) {
        if !connection.writes.isEmpty, connection.batch > 1 { depth.wentWrong(at: now) }
    }

    /// An answer came, whatever it said.
    mutating func answered(
        _ write: WriteID, on id: ConnectionID, took: Duration, reply: Reply, wasBeat: Bool, at now: Instant
    ) {
        if var connection = connections[id] {
            // Those behind the first one waited for it as well.
            if connection.writes.count == connection.batch { answerTime = (answerTime * 7 + took) / 8 }
            if case .refused = reply {
                connection.answered(write, isRefusal: true, at: now)
            } else {
                connection.answered(write, isRefusal: false, at: now)
                if wasBeat, connection.writes.isEmpty { depth.wentWell(connection, at: now) }
            }
            connections[id] = connection
        }
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

    /// A write on that connection is given up; the connection goes with it, the server is marked for all.
    ///
    /// Gives all that was in flight on it.
    mutating func gaveUp(on id: ConnectionID, at now: Instant, _ chance: inout Chance) -> [WriteID] {
        guard let connection = connections.removeValue(forKey: id) else { return [] }
        cutShort(connection, at: now)
        failed("no answer in time", at: now, &chance)
        return connection.writes
    }

    /// The bytes never left; where nothing else is in flight the connection is ending, and its `closed` follows.
    mutating func didNotWrite(_ write: WriteID, on id: ConnectionID) { connections[id]?.didNotWrite(write) }

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
            writes += connection.writes
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
}
