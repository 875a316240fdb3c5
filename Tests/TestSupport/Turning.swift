internal import Linux
package import Systemd

/// What a test awaited didn't come in time.
package struct TimedOut: Error, CustomStringConvertible {
    /// How long it waited.
    package let limit: Duration
    package var description: String { "what the test awaited did not come within \(limit)" }
}

/// Turns the loop until the predicate holds; throws `TimedOut` after `limit`.
///
/// The limit only ends a test that would fail anyway, so it is long: machines that test are busy.
package func turn(
    _ loop: EventLoop, limit: Duration = .seconds(20), until predicate: () throws -> Bool
) throws {
    let end = Clocks.boot() + nanoseconds(limit)
    while true {
        if try predicate() { return }
        guard Clocks.boot() < end else { throw TimedOut(limit: limit) }
        try loop.turn(timeout: .milliseconds(10))
    }
}

/// Turns the loop for that long, to see that something does not happen.
///
/// Once at least, also where the machine lets the time pass before the first turn.
package func turn(_ loop: EventLoop, for time: Duration) throws {
    let end = Clocks.boot() + nanoseconds(time)
    repeat {
        try loop.turn(timeout: .nanoseconds(max(end - Clocks.boot(), 0)))
    } while Clocks.boot() < end
}

/// Looks again and again, without a loop, until the predicate holds; throws `TimedOut` after `limit`.
package func eventually(limit: Duration = .seconds(20), _ predicate: () throws -> Bool) throws {
    let loop = try EventLoop()
    try turn(loop, limit: limit, until: predicate)
    withExtendedLifetime(loop) {}
}

private func nanoseconds(_ duration: Duration) -> Int64 { Int64(duration / .nanoseconds(1)) }
