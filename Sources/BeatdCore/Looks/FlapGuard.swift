/// Holds an instance back that goes down again and again (contract 3.5).
///
/// A goodbye is never delayed by it.
struct FlapGuard {
    static let window = Duration.seconds(300)
    static let free = 2
    static let shortest = Duration.seconds(5)
    static let longest = Duration.seconds(30)

    private var downs: [Instant] = []
    @InstantOrNone private var heldUntil: Instant? = nil

    /// The instance went down; only the downs of the last 5 minutes count, and 16 of them are enough to know.
    mutating func down(at now: Instant) {
        downs.removeAll { now - $0 > Self.window }
        if downs.count == 16 { downs.removeFirst() }
        downs.append(now)
        heldUntil = nil
    }

    /// The instance is alive: until when it is held back, if at all; counted from the first such moment after a down.
    mutating func held(at now: Instant) -> Instant? {
        if let heldUntil { return heldUntil > now ? heldUntil : nil }
        downs.removeAll { now - $0 > Self.window }
        guard downs.count > Self.free else { return nil }
        let until = now + min(Self.shortest * (1 << (downs.count - Self.free - 1)), Self.longest)
        heldUntil = until
        return until
    }

    /// `5 times down in 3 min`.
    func reason(at now: Instant) -> String {
        let since = downs.first.map { now - $0 } ?? .zero
        let minutes = max(1, (since.nanoseconds + 59_999_999_999) / 60_000_000_000)
        return "\(downs.count) times down in \(minutes) min"
    }
}
