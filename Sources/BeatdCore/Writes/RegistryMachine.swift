/// Which server, how many connections, and when to try again; no I/O of its own.
struct RegistryMachine {
    /// What a connection may carry next.
    enum Room: Hashable { case none, inquiry, lightBeats, anything }

    /// At most so many connections, and never fewer than `fewest` where the work asks for them.
    static let fewest = 2
    static let most = 64
    /// An answer is late after so many times the usual time; then another connection may take its place.
    static let lateness = 4
    private static let silence = "no answer in time"
    /// No answer is late before this: so long our own work may hold it up.
    static let neverLate = Duration.milliseconds(50)

    private var list: ServerList
    /// The one in use.
    var server: Server { list.current.server }
    private var dialect: Dialect
    /// Whether the last answer to a v1 beat offered light ones.
    private(set) var takesLightBeats = false
    /// v3 has no others.
    var lightBeats: Bool { dialect.spoken == .v3 || takesLightBeats }
    /// Whether the server in use answered last, with whatever.
    var isReachable: Bool { list.current.isReachable }
    var lastError: String? { list.current.lastError }
    /// The API in which the server in use answered last.
    var api: RegistryAPI? { list.current.api }
    /// All of them, in the order of the configuration.
    var servers: [ServerList.Entry] { list.entries }
    /// Which of them is in use.
    var inUse: Int { list.position }
    /// The limit of one answer (`registry.timeout`).
    private var timeout: Duration
    /// The first write since the last answer; nil where none left since.
    private var unansweredSince: Instant?
    /// When a connection's answer becomes late, where the next write waits for a place.
    private var nextLate: Instant?
    private var connections = RegistryConnections()
    private var trouble = Trouble()
    /// Once a server closed an idle connection at age a, we close ours at 0.8 a for ten minutes.
    ///
    /// Then it is tried anew: a restart closes connections of any age.
    private var idleLimit: (length: Duration, until: Instant)?
    static let idleLimitLasts = Duration.seconds(600)
    private var answerTime = AnswerTime()
    private(set) var depth = Depth()

    init(_ settings: RegistrySettings) {
        list = ServerList(settings.servers)
        dialect = Dialect(settings.api)
        timeout = settings.timeout
    }

    /// Whether it is to be found out which API the server in use has.
    var isToBeAsked: Bool { dialect.toAsk != nil }

    /// Why nothing can be written, in words for people; nil while the server in use answers as a Nacos does.
    var problem: String? { isReachable && dialect.toAsk == nil ? nil : lastError }

    /// How the server in use stands (contract 7).
    func state(_ answers: AnswerCounts) -> RegistryState {
        guard isReachable else { return lastError == nil ? .unknown : list.current.lastState }
        if dialect.toAsk != nil { return lastError == nil ? .ok : .refusing }
        // It is ok only while it accepts: what it last said to each instance counts.
        guard answers.accepted == 0 else { return .ok }
        if answers.refused > 0 { return .refusing }
        return answers.lost > 0 ? .unreachable : .ok
    }

    // MARK: What to do next

    /// Asks for connections and says which may write, for `beats` and `others` that wait, at `rate` writes a second.
    ///
    /// Of the most that there may be one connection is kept for goodbyes.
    mutating func pump(
        beats: Int, others: Int, hasGoodbyes: Bool = false, rate: Double, at now: Instant, into effects: inout Effects
    ) {
        let depth = batch
        // What is to be found out first takes one connection.
        let work = dialect.toAsk == nil ? others + (beats + depth - 1) / depth : min(others + beats, 1)
        guard work > 0, now >= trouble.quietUntil, dialect.inquiry == nil else { return }
        var free = 0
        let limit = limit(rate: rate / Double(depth))
        let late = countLate(at: now)
        if let idleLimit, now >= idleLimit.until { self.idleLimit = nil }
        var spare: [ConnectionID] = []
        for connection in connections.all {
            switch connection.state {
            case .opening: free += 1
            case .filling, .busy, .ending: continue
            case .idle(let since):
                // Twice as many as are asked for now may have been a moment's want.
                let isTooMany = connections.count - late - spare.count > limit * 2
                if isTooMany || idleLimit.map({ now - since >= $0.length }) ?? false {
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
        // In trouble nothing takes the place of what is late: the server has to show first that it answers.
        let places = trouble.failures > 0 ? limit : min(limit + late, hasGoodbyes ? Self.most : Self.most - 1)
        while free < work, connections.count < places {
            effects.append(.open(connections.open(at: now), server))
            free += 1
        }
        if free >= work || connections.count >= Self.most { nextLate = nil }
    }

    /// How many beats `pump` gives to one connection.
    private var batch: Int { lightBeats ? min(depth.current, quickBatch(within: timeout)) : 1 }

    /// Whether that connection took fewer beats, as they are waited for shorter, or it will soon have given all its answers.
    func tookFew(_ id: ConnectionID) -> Bool {
        guard let connection = connections[id], !connection.writes.isEmpty else { return false }
        return connection.batch < batch
    }

    /// How many connections wait for an answer that is late; notes when the next one will be.
    private mutating func countLate(at now: Instant) -> Int {
        let limit = max(answerTime.usual * Self.lateness, Self.neverLate)
        nextLate = nil
        var late = 0
        for connection in connections.all where connection.state == .busy {
            let lateAt = connection.waitsSince + limit
            if lateAt <= now { late += 1 } else { nextLate = min(nextLate ?? lateAt, lateAt) }
        }
        return late
    }

    /// How many requests the server usually answers, one after the other, within a quarter of that limit.
    private func quickBatch(within limit: Duration) -> Int {
        let usual = max(answerTime.usual.nanoseconds, 1)
        return Int(max(limit.nanoseconds / 4 / usual, 1))
    }

    /// How long the answer to a beat is waited for (contract 4): slow is not away.
    func patience(for pace: Pace, at now: Instant) -> Duration {
        guard list.hasStandby(at: now) else { return pace.beatLimit }
        return min(pace.beatLimit, max(.nanoseconds(pace.interval.nanoseconds / 3), answerTime.usual * Self.lateness))
    }

    /// A server in trouble gets one connection to show that it is back, and a second one after a single failure.
    private func limit(rate: Double) -> Int {
        if trouble.failures > 0 { return trouble.failures > 1 ? 1 : Self.fewest }
        // What is due in one tick must not wait for answers that take longer than a tick.
        if answerTime.usual > .milliseconds(100) { return Self.most }
        let wanted = min(rate * answerTime.forPool.inSeconds * 2, Double(Self.most))
        return min(max(Int(wanted) + 1, Self.fewest), Self.most)
    }

    /// When `pump` could do more than now, where work waits.
    func nextChance(after now: Instant) -> Instant? {
        let next = max(trouble.quietUntil, trouble.mayOpen)
        return next > now ? next : nextLate
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
    mutating func inquire(
        _ write: WriteID, about instance: Instance, on id: ConnectionID, at now: Instant
    ) -> WriteOrder {
        dialect.asked(write, on: id)
        unansweredSince = unansweredSince ?? now
        connections.change(id) { $0.wrote(write, mayBeFollowed: false, at: now) }
        return order(write, .inquire, instance)
    }

    func isInquiry(_ write: WriteID) -> Bool { dialect.inquiry?.write == write }

    /// The connection on which a question is out.
    var inquiring: ConnectionID? { dialect.inquiry?.connection }

    /// `isShared`: other light beats may be in flight beside it; its answer is waited for within that limit.
    mutating func wrote(
        _ write: WriteID, on id: ConnectionID, isShared: Bool, within limit: Duration, at now: Instant
    ) {
        unansweredSince = unansweredSince ?? now
        let quick = isShared ? quickBatch(within: limit) : 1
        connections.change(id) { connection in
            let isLast = connection.writes.count + 1 >= min(depth.allowed(on: connection), quick)
            connection.wrote(write, mayBeFollowed: isShared && !isLast, at: now)
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
        guard connection.isProven || connection.wasSpare(at: now) else {
            list.failed()
            failed(why.sentence, at: now, &chance)
            return connection.writes
        }
        if !connection.writes.isEmpty, why != .announced { list.current.lastError = why.sentence }
        if case .idle(let since) = connection.state, case .byPeer = why {
            // Right after an answer it is the answer's own doing, and says nothing of idleness.
            if now - since > .seconds(1) {
                idleLimit = (max((now - since) * 4 / 5, .seconds(1)), now + Self.idleLimitLasts)
            }
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
        switch reply {
        case .accepted(_, let light):
            isAccepting(at: now)
            list.accepted(at: now)
            if wasBeat, dialect.spoken == .v1 { takesLightBeats = light ?? false }
        case .notFound:
            isAccepting(at: now)
        case .refused(let refusal):
            isAnswering(isIll: refusal.isIll, at: now)
            list.current.lastError = refusal.sentence
            if refusal.meaning == .missing { dialect.refused(at: now) }
        case .noAnswer, .notSent:
            preconditionFailure("an answer that is none was counted as one")
        }
    }

    private mutating func isAnswering(isIll: Bool, at now: Instant) {
        unansweredSince = nil
        trouble.answered()
        list.answered(isIll: isIll, at: now)
        if !isReachable { list.current.isReachable = true }
    }

    private mutating func isAccepting(at now: Instant) {
        isAnswering(isIll: false, at: now)
        if lastError != nil { list.current.lastError = nil }
        if api != dialect.spoken { list.current.api = dialect.spoken }
    }

    /// The question about the API ended, if that was it.
    mutating func inquired(_ write: WriteID, _ reply: Reply, at now: Instant, _ chance: inout Chance) {
        guard let (asked, id) = dialect.inquiry, asked == write else { return }
        switch reply {
        case .notSent: connections.change(id) { $0.didNotWrite(write) }
        case .noAnswer: break  // its connection's end follows
        case .accepted, .notFound:
            connections.change(id) { $0.answered(write, isRefusal: false, at: now) }
            _ = dialect.found(true, at: now)
            isAccepting(at: now)
        case .refused(let refusal):
            connections.change(id) { $0.answered(write, isRefusal: true, at: now) }
            guard refusal.meaning == .missing else {
                dialect.learntNothing()
                return misled(refusal.sentence, at: now, &chance)
            }
            unansweredSince = nil
            if dialect.found(false, at: now) { return }
            misled("no Nacos at this address and context path (\(refusal.sentence))", at: now, &chance)
        }
    }

    /// Something answers there, but it was not understood as a Nacos; it is asked again after a pause.
    private mutating func misled(_ why: String, at now: Instant, _ chance: inout Chance) {
        unansweredSince = nil
        list.answered(isIll: true, at: now)
        list.current.lastError = why
        list.current.isReachable = true
        trouble.failed(at: now, &chance)
        trouble.keepQuiet()
    }

    /// A write on that connection is given up; the connection goes with it.
    ///
    /// The server is in trouble only where nothing else of it was answered for the whole time limit. Gives all that was
    /// in flight on the connection.
    mutating func gaveUp(on id: ConnectionID, at now: Instant, _ chance: inout Chance) -> [WriteID] {
        guard let connection = connections.remove(id) else { return [] }
        cutShort(connection, id, at: now)
        answerTime.noteUsual(now - connection.waitsSince)
        list.current.lastError = Self.silence
        // Answers to beats that are waited for shorter would perhaps have come within the time limit.
        let isWhole = now - connection.waitsSince >= timeout || list.hasStandby(at: now)
        if let since = unansweredSince, now - since >= (isWhole ? timeout : timeout + timeout) {
            list.wasSilent()
            failed(Self.silence, at: now, &chance)
        }
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
            list.current.api = nil
        }
        timeout = new.timeout
        return list.configure(new.servers) ? leave(&effects) : []
    }

    /// Takes the next server of the list where the one in use failed too often; gives what was in flight.
    ///
    /// `isIllnessWidespread`: its ill answers are more than those to a few instances that are bad themselves.
    mutating func moveOn(
        isIllnessWidespread: Bool, at now: Instant, into effects: inout Effects
    ) -> [WriteID] {
        let state = isReachable ? RegistryState.refusing : .unreachable
        guard list.moveOn(leaving: state, isIllnessWidespread: isIllnessWidespread, at: now) else { return [] }
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
        // What it said when it was left is kept, for people.
        list.current.api = nil
        list.current.isReachable = false
        unansweredSince = nil
        takesLightBeats = false
        idleLimit = nil
        answerTime = AnswerTime()
        depth = Depth()
        return writes
    }

    private mutating func failed(_ why: String, at now: Instant, _ chance: inout Chance) {
        trouble.failed(at: now, &chance)
        list.current.lastError = why
        list.current.isReachable = false
        list.current.lastState = .unreachable
    }
}
