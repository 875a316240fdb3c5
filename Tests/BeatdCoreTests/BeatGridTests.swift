import Testing

@testable import BeatdCore

@Suite struct BeatGridTests {
    private func grid(_ number: Int) -> BeatGrid {
        BeatGrid(descriptor("service-\(number % 10)", port: 9000 + number).instance(at: "10.0.3.7").identity)
    }

    @Test(arguments: [Duration.milliseconds(100), .seconds(1), .seconds(5), .seconds(3600)])
    func `beats fall due every interval`(_ interval: Duration) {
        for number in 0..<50 {
            var due = grid(number).next(after: Instant(nanoseconds: 0), every: interval)
            for _ in 0..<50 {
                let next = grid(number).next(after: due, every: interval)
                #expect(next == due + interval)
                due = next
            }
        }
    }

    @Test func `the schedule is the same whenever one asks`() {
        var chance = Chance(seed: 3)
        for number in 0..<200 {
            let now = Instant(nanoseconds: Int64.random(in: 0...1_000_000_000_000, using: &chance))
            let due = grid(number).next(after: now, every: .seconds(5))
            #expect(due > now && due <= now + .seconds(5))
            let first = grid(number).next(after: Instant(nanoseconds: 0), every: .seconds(5))
            #expect((due - first).nanoseconds % 5_000_000_000 == 0)
        }
    }

    @Test func `a thousand instances share the interval evenly`() {
        var tenths = [Int](repeating: 0, count: 10)
        for number in 0..<1000 {
            let due = grid(number).next(after: Instant(nanoseconds: 0), every: .seconds(5))
            tenths[Int((due.nanoseconds - 1) / 500_000_000)] += 1
        }
        #expect(tenths.allSatisfy { (60...140).contains($0) }, "\(tenths)")
    }
}
