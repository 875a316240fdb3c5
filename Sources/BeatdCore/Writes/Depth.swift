/// How many light beats may be in flight on one connection (design.md 4).
///
/// One, until the server was seen to answer; then twice as many after each batch that was answered whole. A batch that was
/// cut short makes it one for a while: what stood behind a refusal was not answered.
struct Depth {
    static let most = 50
    /// One in flight for so long after a batch was cut short.
    static let pause = Duration.seconds(60)

    private(set) var current = 1
    private var shallowUntil = Instant.longAgo
    /// How many answers the server gives on one connection, as far as known; nil where it goes on.
    ///
    /// Nacos' Tomcat gives 100 [registries/observed]; so that many are trusted until it was seen to end sooner or later.
    private(set) var answersPerConnection: Int? = 100

    /// How many may be in flight on that connection.
    func allowed(on connection: RegistryConnection) -> Int {
        guard let answersPerConnection else { return current }
        return min(current, max(answersPerConnection - connection.answers, 1))
    }

    /// A batch was answered whole.
    mutating func wentWell(_ connection: RegistryConnection, at now: Instant) {
        if let most = answersPerConnection, connection.answers > most { answersPerConnection = nil }
        guard connection.batch >= current, now >= shallowUntil else { return }
        current = min(current * 2, Self.most)
    }

    /// A connection ended, as the server had said with its last answer.
    mutating func ended(after answers: Int) { answersPerConnection = answers }

    /// A batch was cut short.
    mutating func wentWrong(at now: Instant) {
        current = 1
        shallowUntil = now + Self.pause
    }
}
