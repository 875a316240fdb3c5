import Testing

@testable import BeatdCore

@Suite struct WriteBudgetTests {
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    @Test(arguments: [1, 3, 10, 99, 500, 10_000])
    func `no window ever holds more than the burst and what the rate brings`(_ perSecond: Int) {
        var chance = Chance(seed: UInt64(perSecond))
        var budget = WriteBudget(perSecond: perSecond, at: start)
        let burst = Int64(max(perSecond / 10, 1))
        var now = start
        var taken: [Int64] = []
        for _ in 0..<3000 {
            if Int.random(in: 0..<4, using: &chance) == 0 {
                now = now + .nanoseconds(Int64.random(in: 0...(2_000_000_000 / Int64(perSecond)), using: &chance))
            }
            if Int.random(in: 0..<200, using: &chance) == 0 { now = now + .seconds(5) }
            if budget.take(at: now) { taken.append(now.nanoseconds) }
        }
        #expect(taken.count > 100)
        // taken[j] is number j - i + 1 of the window since i: the worst i is a running maximum.
        var worst = Int64.min
        var most = Int64.min
        for (index, instant) in taken.enumerated() {
            let brought = (instant - start.nanoseconds) * Int64(perSecond)
            worst = max(worst, brought - Int64(index) * 1_000_000_000)
            most = max(most, Int64(index + 1) * 1_000_000_000 - brought + worst)
        }
        #expect(most <= burst * 1_000_000_000)
    }

    @Test(arguments: [1, 3, 7, 500, 9999])
    func `the next token is there at the instant that was said, not before`(_ perSecond: Int) {
        var budget = WriteBudget(perSecond: perSecond, at: start)
        var now = start
        for _ in 0..<2000 {
            while budget.take(at: now) {}
            let next = budget.nextToken(at: now)
            #expect(next > now)
            var early = budget
            #expect(early.take(at: next - .nanoseconds(1)) == false)
            now = next
            #expect(budget.nextToken(at: now) == now)
            #expect(budget.take(at: now) == true)
        }
    }

    @Test func `a token that is given back can be taken again, but never adds to a full bucket`() {
        var budget = WriteBudget(perSecond: 20, at: start)
        budget.giveBack()
        var count = 0
        while budget.take(at: start) { count += 1 }
        #expect(count == 2)
        budget.giveBack()
        #expect(budget.take(at: start) == true)
        #expect(budget.take(at: start) == false)
    }

    @Test func `an instant that goes back brings nothing`() {
        var budget = WriteBudget(perSecond: 10, at: start)
        #expect(budget.take(at: start) == true)
        #expect(budget.take(at: start - .seconds(60)) == false)
        #expect(budget.take(at: start) == false)
        #expect(budget.take(at: start + .milliseconds(100)) == true)
    }
}
