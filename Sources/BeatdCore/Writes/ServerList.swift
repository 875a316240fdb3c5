/// The servers as configured, and which one is in use: sticky, the next in order once it fails (contract 4).
struct ServerList {
    /// What is known of one server.
    struct Entry {
        let server: Server
        /// The API in which it answered last.
        var api: RegistryAPI?
        /// Why it does not accept, in words for people; nil once it does.
        var lastError: String?
        /// Whether it answered last, with whatever.
        var isReachable = false
        /// It was left, and is not taken for ready before this.
        var coolsUntil = Instant.longAgo
        /// When it last accepted a write.
        var acceptedAt = Instant.longAgo
        /// How it stood when it was left, or could not be reached.
        var lastState = RegistryState.unknown

        init(_ server: Server) { self.server = server }
    }

    /// So many connects that fail in a row make us leave a server that answered before; one may be a blip, and everything
    /// would be registered anew.
    static let patience = 2
    /// A server that answers like an ill one and nothing else for so long is left.
    static let illness = Duration.seconds(3)
    /// For illness servers are changed no more often than this.
    static let pauseForIllness = Duration.seconds(10)
    /// A server that was left is passed over for so long where another one isn't.
    static let coolDown = Duration.seconds(60)

    private(set) var entries: [Entry]
    private(set) var position = 0
    /// Where what we registered stands; nil before the first connection.
    private var home: Server?
    /// Connects that failed in a row at the one in use.
    private var failures = 0
    /// Servers left since one answered.
    private var left = 0
    /// Since when the one in use has answered only like an ill one; nil while it doesn't.
    private var illSince: Instant?
    private var leftForIllnessAt = Instant.longAgo
    /// It answered nothing for the whole time limit.
    private var isSilent = false

    init(_ servers: [Server]) {
        precondition(!servers.isEmpty, "a list of servers without one")
        entries = servers.map(Entry.init)
    }

    var current: Entry {
        get { entries[position] }
        set { entries[position] = newValue }
    }

    /// Whether each was left since one answered: then the next one is tried no sooner than the back-off says.
    var isRoundOver: Bool { left >= entries.count }

    /// Whether another server could be used at once.
    func hasStandby(at now: Instant) -> Bool {
        entries.count > 1 && entries.indices.contains { $0 != position && entries[$0].coolsUntil <= now }
    }

    // MARK: What the one in use does

    /// A connect failed, or ended before it ever carried an answer.
    mutating func failed() { failures += 1 }

    /// None of its connections was answered for the time limit.
    mutating func wasSilent() { isSilent = true }

    /// An answer came; `isIll`: 500, 502, 503, garbage, or no Nacos'.
    mutating func answered(isIll: Bool, at now: Instant) {
        failures = 0
        left = 0
        isSilent = false
        illSince = isIll ? illSince ?? now : nil
    }

    /// It took a write.
    mutating func accepted(at now: Instant) { current.acceptedAt = now }

    // MARK: Leaving it

    /// Takes the next server where the one in use should be left now; says whether it did.
    mutating func moveOn(leaving state: RegistryState, isIllnessWidespread: Bool, at now: Instant) -> Bool {
        guard let next = next(isIllnessWidespread, at: now) else { return false }
        current.coolsUntil = now + Self.coolDown
        current.lastState = state
        position = next
        startAnew()
        left += 1
        return true
    }

    /// The server to turn to; nil while the one in use is kept.
    private mutating func next(_ isIllnessWidespread: Bool, at now: Instant) -> Int? {
        guard entries.count > 1 else { return nil }
        let others = (1..<entries.count).map { (position + $0) % entries.count }
        let ready = others.first { entries[$0].coolsUntil <= now }
        if isSilent || failures >= (left == 0 ? Self.patience : 1) { return ready ?? others[0] }
        guard isIllnessWidespread, let illSince, now - illSince >= Self.illness,
            now - leftForIllnessAt >= Self.pauseForIllness
        else {
            return nil
        }
        leftForIllnessAt = now
        // If all are ill, the one that accepted last is as good as any, and knows what we registered.
        let best = ready ?? entries.indices.max { entries[$0].acceptedAt < entries[$1].acceptedAt }
        return best == position ? nil : best
    }

    /// A connection to the one in use stands; says whether what we registered stands elsewhere.
    mutating func connected() -> Bool {
        defer { home = current.server }
        return home.map { $0 != current.server } ?? false
    }

    /// Another list; the one in use stays where the list still has it.
    ///
    /// Says whether it changed.
    mutating func configure(_ new: [Server]) -> Bool {
        guard new != entries.map(\.server) else { return false }
        let old = entries[position].server
        let known = entries
        entries = new.map { server in known.first { $0.server == server } ?? Entry(server) }
        position = new.firstIndex(of: old) ?? 0
        startAnew()
        left = 0
        return entries[position].server != old
    }

    private mutating func startAnew() {
        failures = 0
        illSince = nil
        isSilent = false
    }
}
