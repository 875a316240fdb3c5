import Testing

@testable import BeatdCore

@Suite struct BackoffTests {
    @Test func `the wait doubles from 0.2 s to 2 s, a fifth up or down`() {
        var chance = Chance(seed: 5)
        for count in 0...200 {
            let base = count < 1 ? 200 : min(200 << Int64(min(count - 1, 20)), 2000)
            var waits: [Int64] = []
            for _ in 0..<200 { waits.append(Backoff.writes.delay(afterFailures: count, &chance).nanoseconds) }
            let (least, most) = (waits.min() ?? 0, waits.max() ?? 0)
            #expect(least >= Int64(base) * 800_000)
            #expect(most <= Int64(base) * 1_200_000)
            #expect(most - least > Int64(base) * 300_000, "chance spreads it")
        }
    }
}
