/// How long to wait after the n-th failure in a row: doubling between two bounds, 20 % up or down by chance (contract 4).
struct Backoff {
    let first: Duration
    let last: Duration

    /// Connects and refused or unanswered writes: from 0.2 s to 2 s.
    static let writes = Backoff(first: .milliseconds(200), last: .seconds(2))

    func delay(afterFailures count: Int, _ chance: inout Chance) -> Duration {
        let doubled = first * (1 << min(max(count - 1, 0), 16))
        let base = min(doubled, last).nanoseconds
        return .nanoseconds(base * 4 / 5 + Int64.random(in: 0...(base * 2 / 5), using: &chance))
    }
}
