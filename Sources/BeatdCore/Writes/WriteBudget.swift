/// A token bucket for all writes but beats: so many a second, a burst of a tenth of that (contract 4, promise P8).
struct WriteBudget {
    private var perSecond: Int64
    /// Tokens in billionths, so that a nanosecond brings `perSecond` of them.
    private var tokens: Int64
    private var counted: Instant

    private static let one: Int64 = 1_000_000_000

    init(perSecond: Int, at now: Instant) {
        self.perSecond = Int64(max(perSecond, 1))
        counted = now
        tokens = 0
        tokens = capacity
    }

    private var capacity: Int64 { max(perSecond / 10, 1) * Self.one }

    /// Takes one token if there is one.
    mutating func take(at now: Instant) -> Bool {
        fill(at: now)
        guard tokens >= Self.one else { return false }
        tokens -= Self.one
        return true
    }

    /// A write that was taken at this same instant, and isn't owed after all, costs nothing.
    mutating func giveBack() { tokens = min(tokens + Self.one, capacity) }

    /// When the next token is there.
    mutating func nextToken(at now: Instant) -> Instant {
        fill(at: now)
        guard tokens < Self.one else { return now }
        return now + .nanoseconds((Self.one - tokens + perSecond - 1) / perSecond)
    }

    private mutating func fill(at now: Instant) {
        let passed = min(max(now.nanoseconds - counted.nanoseconds, 0), 60 * Self.one)
        tokens = min(tokens + passed * perSecond, capacity)
        counted = max(now, counted)
    }
}
