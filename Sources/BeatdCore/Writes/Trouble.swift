/// How the registry disappoints, and what follows from it.
struct Trouble {
    /// A first write after an outage of at least this falls at a random point of one interval of it (promise P6).
    static let outage = Duration.seconds(5)

    /// Connects and requests in a row without an answer, whichever server was asked.
    private(set) var failures = 0
    /// No connect before this.
    private(set) var mayOpen = Instant.longAgo
    /// No write before this.
    private(set) var quietUntil = Instant.longAgo
    /// Since when nothing was reached.
    private var since: Instant?

    mutating func failed(at now: Instant, _ chance: inout Chance) {
        failures += 1
        since = since ?? now
        mayOpen = now + Backoff.writes.delay(afterFailures: failures, &chance)
    }

    mutating func answered() {
        failures = 0
        since = nil
    }

    /// Another server is tried, without a pause.
    mutating func mayOpenAtOnce(at now: Instant) { mayOpen = now }

    /// Something is there, but nothing may be written to it before the next connect might be.
    mutating func keepQuiet() { quietUntil = max(quietUntil, mayOpen) }

    mutating func connected(interval: Duration, at now: Instant, _ chance: inout Chance) {
        if let since, now - since >= Self.outage { quietUntil = now + chance.part(of: interval) }
        since = nil
    }
}
