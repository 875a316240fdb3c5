/// How long the server takes for an answer: the shortest time seen in the last second or two.
///
/// Longer ones hold the wait behind our own work of that moment, which more connections would only lengthen.
struct AnswerTime {
    private static let window = Duration.seconds(1)

    private var last: Duration?
    private var current = Duration.milliseconds(5)
    private var began = Instant(nanoseconds: .min / 2)

    var shortest: Duration { last.map { min($0, current) } ?? current }

    mutating func note(_ took: Duration, at now: Instant) {
        guard now - began >= Self.window else {
            current = min(current, took)
            return
        }
        last = now - began < Self.window * 2 ? current : nil
        current = took
        began = now
    }
}
