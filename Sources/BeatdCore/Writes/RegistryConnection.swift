/// One connection as the heart knows it.
struct RegistryConnection {
    enum State: Hashable {
        case opening(since: Instant)
        case idle(since: Instant)
        /// It is being asked, at this instant: it has light beats, and more of them may follow.
        case filling
        /// Whatever was asked of it is in flight.
        case busy
        /// It did not take a write; its `closed` follows.
        case ending
    }

    let id: ConnectionID
    var state: State
    /// What is in flight, in the order of the answers.
    private(set) var writes: [WriteID] = []
    /// How many were asked together.
    private(set) var batch = 0
    /// How many answers came on it.
    private(set) var answers = 0
    /// Whether the last of them was a refusal, after which many servers close.
    private var wasRefused = false

    init(_ id: ConnectionID, openingAt now: Instant) {
        self.id = id
        state = .opening(since: now)
    }

    /// Whether an answer ever came on it.
    var isProven: Bool { answers > 0 }

    /// Whether it stood for a while and nothing was asked of it: its end says nothing of the server.
    func wasSpare(at now: Instant) -> Bool {
        if case .idle(let since) = state { now - since > .seconds(1) } else { false }
    }

    /// How many answers the server gave before it announced the end; nil where a refusal may be the reason.
    var answersBeforeItsEnd: Int? { isProven && !wasRefused ? answers : nil }

    /// Since when the first of its answers is waited for.
    private(set) var waitsSince = Instant.longAgo

    mutating func wrote(_ write: WriteID, mayBeFollowed: Bool, at now: Instant) {
        if writes.isEmpty {
            batch = 0
            waitsSince = now
        }
        writes.append(write)
        batch += 1
        state = mayBeFollowed ? .filling : .busy
    }

    /// Nothing more was asked of it.
    mutating func isFilled() { if state == .filling { state = .busy } }

    mutating func answered(_ write: WriteID, isRefusal: Bool, at now: Instant) {
        answers += 1
        wasRefused = isRefusal
        forget(write)
        waitsSince = now
        if writes.isEmpty { state = .idle(since: now) }
    }

    /// No byte of it left.
    mutating func didNotWrite(_ write: WriteID) {
        forget(write)
        if writes.isEmpty { state = .ending }
    }

    /// The first, nearly always.
    private mutating func forget(_ write: WriteID) {
        if let place = writes.firstIndex(of: write) { writes.remove(at: place) }
    }
}

/// All connections, the oldest first: a few dozen at most, and walked more often than looked up.
struct RegistryConnections {
    private(set) var all: [RegistryConnection] = []
    private var issued: UInt64 = 0

    var count: Int { all.count }

    subscript(id: ConnectionID) -> RegistryConnection? { index(of: id).map { all[$0] } }

    /// In place, where it is still there.
    mutating func change(_ id: ConnectionID, _ body: (inout RegistryConnection) -> Void) {
        if let index = index(of: id) { body(&all[index]) }
    }

    mutating func open(at now: Instant) -> ConnectionID {
        issued += 1
        let id = ConnectionID(number: issued)
        all.append(RegistryConnection(id, openingAt: now))
        return id
    }

    /// Gives it as it was.
    mutating func remove(_ id: ConnectionID) -> RegistryConnection? { index(of: id).map { all.remove(at: $0) } }

    /// Gives them as they were.
    mutating func removeAll() -> [RegistryConnection] {
        defer { all = [] }
        return all
    }

    private func index(of id: ConnectionID) -> Int? { all.firstIndex { $0.id == id } }
}
