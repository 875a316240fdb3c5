/// Which server, how many connections, and when to try again; no I/O of its own.
struct RegistryMachine {
    /// What a connection may carry next.
    enum Room: Hashable { case none, inquiry, lightBeats, anything }

    /// At most so many connections, and never fewer than `fewest` where the work asks for them.
    static let fewest = 2
    static let most = 64

    private var list: ServerList
    /// The one in use.
    var server: Server { list.current }
    private var dialect: Dialect
    /// Whether the last answer to a v1 beat offered light ones.
    private(set) var takesLightBeats = false
    /// v3 has no others.
    var lightBeats: Bool { dialect.spoken == .v3 || takesLightBeats }
    private(set) var isReachable = false
    private(set) var lastError: String?
    /// The API in which the server in use answered last.
    private(set) var api: RegistryAPI?
    private var connections = RegistryConnections()
    private var trouble = Trouble()
    /// Once a server closed an idle connection at age a, we close ours at 0.8 a.
    private var idleLimit: Duration?
    private var answerTime = AnswerTime()
    private(set) var depth = Depth()

    init(_ settings: RegistrySettings) {
        list = ServerList(settings.servers)
        dialect = Dialect(settings.api)
    }

    // MARK: What to do next

    /// Asks for connections and says which may write, for `beats` and `others` that wait, at `rate` writes a second.
    mutating func pump(beats: Int, others: Int, rate: Double, at now: Instant, into effects: inout Effects) {
        let depth = lightBeats ? self.depth.current : 1
        // What is to be found out first takes one connection.
        let work = dialect.toAsk == nil ? others + (beats + depth - 1) / depth : min(others + beats, 1)
        guard work > 0, now >= trouble.quietUntil, dialect.inquiry == nil else { return }
        var free = 0
        let limit = limit(rate: rate / Double(depth))
        var spare: [ConnectionID] = []
        for connection in connections.all {
            switch connection.state {
            case .opening: free += 1
            case .filling, .busy, .ending: continue
            case .idle(let since):
                // Twice as many as are asked for now may have been a moment's want.
                let isTooMany = connections.count - spare.count > limit * 2
                if isTooMany || idleLimit.map({ now - since >= $0 }) ?? false {
                    spare.append(connection.id)
                } else if free < work {
                    free += 1
                    effects.append(.write(connection.id))
                }
            }
        }
        for id in spare {
            _ = connections.remove(id)
            effects.append(.close(id))
        }
        guard now >= trouble.mayOpen else { return }
        while free < work, connections.count < limit {
            effects.append(.open(connections.open(at: now), server))
            free += 1
        }
    }

    /// A server in trouble gets one connection to show that it is back, and a second one after a single failure.
    private func limit(rate: Double) -> Int {
        if trouble.failures > 0 { return trouble.failures > 1 ? 1 : Self.fewest }
        let wanted = min(rate * answerTime.shortest.inSeconds * 2, Double(Self.most))
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
        case .idle where dialect.toAsk != nil: dialect.inquiry == nil ? .inquiry : .none
        case .idle: .anything
        case .filling: .lightBeats
        case .opening, .busy, .ending, nil: .none
        }
    }

    /// The write as the server in use is told of it.
    func order(_ id: WriteID, _ kind: WriteOrder.Kind, _ instance: Instance) -> WriteOrder {
        WriteOrder(
            id: id, kind: kind, instance: instance, server: server, api: dialect.spoken ?? dialect.toAsk ?? .v1)
    }

    /// The question that goes out on that connection, about the service of that instance.
    mutating func inquire(_ write: WriteID, about instance: Instance, on id: ConnectionID) -> WriteOrder {
        dialect.asked(write, on: id)
        connections.change(id) { $0.wrote(write, mayBeFollowed: false) }
        return order(write, .inquire, instance)
    }

    func isInquiry(_ write: WriteID) -> Bool { dialect.inquiry?.write == write }

    /// The connection on which a question is out.
    var inquiring: ConnectionID? { dialect.inquiry?.connection }

    /// `isShared`: other light beats may be in flight beside it.
    mutating func wrote(_ write: WriteID, on id: ConnectionID, isShared: Bool) {
        connections.change(id) { connection in
            let isLast = connection.writes.count + 1 >= depth.allowed(on: connection)
            connection.wrote(write, mayBeFollowed: isShared && !isLast)
        }
    }

    /// The writes whose answers are waited for there, a question about the API among them.
    func inFlight(on id: ConnectionID) -> [WriteID] { connections[id]?.writes ?? [] }

    /// Nothing more is asked of that connection until all of it is answered.
    mutating func filled(_ id: ConnectionID) { connections.change(id) { $0.isFilled() } }

    // MARK: What happened

    /// Says whether what was registered stands at another server.
    mutating func connected(_ id: ConnectionID, interval: Duration, at now: Instant, _ chance: inout Chance) -> Bool {
        guard case .opening = connections[id]?.state else { return false }
        connections.change(id) { $0.state = .idle(since: now) }
        trouble.connected(interval: interval, at: now, &chance)
        isReachable = true
        return list.connected()
    }

    /// The writes in flight on that connection, which have no answer now.
    mutating func closed(_ id: ConnectionID, _ why: ClosedReason, at now: Instant, _ chance: inout Chance) -> [WriteID]
    {
        guard let connection = connections.remove(id) else { return [] }
        cutShort(connection, id, at: now)
        if why == .announced, let answers = connection.answersBeforeItsEnd { depth.ended(after: answers) }
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

    private mutating func cutShort(_ connection: RegistryConnection, _ id: ConnectionID, at now: Instant) {
        dialect.lost(on: id)
        if !connection.writes.isEmpty, connection.batch > 1 { depth.wentWrong(at: now) }
    }

    /// An answer came, whatever it said.
    mutating func answered(
        _ write: WriteID, on id: ConnectionID, took: Duration, reply: Reply, wasBeat: Bool, at now: Instant
    ) {
        let isRefusal = if case .refused = reply { true } else { false }
        connections.change(id) { connection in
            // Those behind the first one waited for it as well.
            if connection.writes.count == connection.batch { answerTime.note(took, at: now) }
            connection.answered(write, isRefusal: isRefusal, at: now)
            if wasBeat, !isRefusal, connection.writes.isEmpty { depth.wentWell(connection, at: now) }
        }
        isAnswering()
        switch reply {
        case .accepted(_, let light):
            lastError = nil
            api = dialect.spoken
            if wasBeat, dialect.spoken == .v1 { takesLightBeats = light ?? false }
        case .notFound:
            lastError = nil
            api = dialect.spoken
        case .refused(let status, let text):
            lastError = "HTTP \(status): \(text)"
            dialect.refused(status, at: now)
        case .noAnswer, .notSent:
            preconditionFailure("an answer that is none was counted as one")
        }
    }

    private mutating func isAnswering() {
        trouble.answered()
        list.answered()
        isReachable = true
    }

    /// The question about the API ended, if that was it.
    mutating func inquired(_ write: WriteID, _ reply: Reply, at now: Instant, _ chance: inout Chance) {
        guard let (asked, id) = dialect.inquiry, asked == write else { return }
        switch reply {
        case .notSent: connections.change(id) { $0.didNotWrite(write) }
        case .noAnswer: break  // its connection's end follows
        case .accepted, .notFound, .refused:
            let isThere = if case .refused = reply { false } else { true }
            connections.change(id) { $0.answered(write, isRefusal: !isThere, at: now) }
            guard dialect.found(isThere, at: now) else {
                failed("no Nacos at this address and context path", at: now, &chance)
                return trouble.keepQuiet()
            }
            if isThere {
                isAnswering()
                lastError = nil
                api = dialect.spoken
            }
        }
    }

    /// A write on that connection is given up; the connection goes with it, the server is marked for all.
    ///
    /// Gives all that was in flight on it.
    mutating func gaveUp(on id: ConnectionID, at now: Instant, _ chance: inout Chance) -> [WriteID] {
        guard let connection = connections.remove(id) else { return [] }
        cutShort(connection, id, at: now)
        failed("no answer in time", at: now, &chance)
        return connection.writes
    }

    /// The bytes never left; where nothing else is in flight the connection is ending, and its `closed` follows.
    mutating func didNotWrite(_ write: WriteID, on id: ConnectionID) {
        connections.change(id) { $0.didNotWrite(write) }
    }

    mutating func remember(lightBeats: Bool) { takesLightBeats = lightBeats }

    /// Other servers, or another API: what is in flight ends as it began, unless the server in use is not meant any more.
    ///
    /// Gives what was in flight then.
    mutating func configure(_ new: RegistrySettings, into effects: inout Effects) -> [WriteID] {
        if new.api != dialect.configured {
            // Nobody waits for the answer to a question that is out.
            if let id = dialect.inquiry?.connection, connections.remove(id) != nil { effects.append(.close(id)) }
            dialect = Dialect(new.api)
            api = nil
        }
        return list.configure(new.servers) ? leave(&effects) : []
    }

    /// Takes the next server of the list where the one in use failed too often; gives what was in flight.
    mutating func moveOn(at now: Instant, into effects: inout Effects) -> [WriteID] {
        guard list.isSpent else { return [] }
        list.moveOn()
        if !list.isRoundOver { trouble.mayOpenAtOnce(at: now) }
        return leave(&effects)
    }

    /// What was learnt of a server is forgotten with its connections.
    private mutating func leave(_ effects: inout Effects) -> [WriteID] {
        var writes: [WriteID] = []
        for connection in connections.removeAll() {
            writes += connection.writes
            effects.append(.close(connection.id))
        }
        dialect = Dialect(dialect.configured)
        api = nil
        takesLightBeats = false
        isReachable = false
        idleLimit = nil
        answerTime = AnswerTime()
        depth = Depth()
        return writes
    }

    private mutating func failed(_ why: String, at now: Instant, _ chance: inout Chance) {
        trouble.failed(at: now, &chance)
        list.failed()
        lastError = why
        isReachable = false
    }
}
