/// How the beats of a lease went.
struct BeatCounts {
    /// Failed writes in a row.
    var failures: Int32 = 0
    /// Odd answers to beats in a row.
    var odd: Int32 = 0
    private(set) var accepted = 0
    @InstantOrNone private var lastAt: Instant? = nil
    private var lastOutcome = BeatOutcome.failed

    /// nil: none ended yet.
    var last: (at: Instant, outcome: BeatOutcome)? { lastAt.map { ($0, lastOutcome) } }

    /// `isOdd`: one of the answers of which three in a row mean "register again".
    mutating func note(_ outcome: BeatOutcome, isOdd: Bool = false, at now: Instant) {
        lastAt = now
        lastOutcome = outcome
        switch outcome {
        case .accepted:
            accepted += 1
            failures = 0
            odd = 0
        case .notFound:
            failures = 0
            odd = 0
        case .refused, .denied:
            failures += 1
            odd += isOdd ? 1 : 0
        case .failed:
            failures += 1
        }
    }
}
