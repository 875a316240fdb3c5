/// How long the server takes for an answer.
struct AnswerTime {
    private static let window = Duration.seconds(1)

    private var last: Duration?
    private var current = Duration.milliseconds(5)
    private var began = Instant.longAgo

    /// The shortest time seen in the last second or two.
    ///
    /// Longer ones hold the wait behind our own work of that moment, which more connections would only lengthen.
    var shortest: Duration { last.map { min($0, current) } ?? current }

    /// A mean in which each new answer counts an eighth: what the server usually takes.
    private(set) var usual = Duration.milliseconds(5)
    private var isKnown = false

    /// What the number of connections is reckoned by: beyond this it is the server that takes its time, not we.
    var forPool: Duration { usual > .milliseconds(20) ? max(shortest, usual) : shortest }

    mutating func note(_ took: Duration, at now: Instant) {
        noteUsual(took)
        guard now - began >= Self.window else {
            current = min(current, took)
            return
        }
        last = now - began < Self.window * 2 ? current : nil
        current = took
        began = now
    }

    /// An answer that took so long, or was given up then: it would have taken longer.
    mutating func noteUsual(_ took: Duration) {
        usual = isKnown ? .nanoseconds(usual.nanoseconds + (took.nanoseconds - usual.nanoseconds) / 8) : took
        isKnown = true
    }
}
