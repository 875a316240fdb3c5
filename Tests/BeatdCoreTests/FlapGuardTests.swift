import Testing

@testable import BeatdCore

/// Contract 3.5.
@Suite struct FlapGuardTests {
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    @Test func `from the third down on each up waits, from 5 s doubling to 30 s`() {
        var guardian = FlapGuard()
        var waits: [Int64?] = []
        for count in 0..<8 {
            let down = start + .seconds(count * 35)
            guardian.down(at: down)
            waits.append(guardian.held(at: down).map { ($0 - down).milliseconds / 1000 })
        }
        #expect(waits == [nil, nil, 5, 10, 20, 30, 30, 30])
    }

    @Test func `the wait begins with the first alive moment and ends by itself`() {
        var guardian = FlapGuard()
        for count in 0..<3 { guardian.down(at: start + .seconds(count)) }
        let alive = start + .seconds(20)
        #expect(guardian.held(at: alive) == alive + .seconds(5))
        #expect(guardian.held(at: alive + .seconds(4)) == alive + .seconds(5))
        #expect(guardian.held(at: alive + .seconds(5)) == nil)
        #expect(guardian.held(at: alive + .seconds(100)) == nil)
    }

    @Test func `five calm minutes forget it`() {
        var guardian = FlapGuard()
        for count in 0..<5 { guardian.down(at: start + .seconds(count)) }
        let calm = start + .seconds(5 + 300)
        #expect(guardian.held(at: calm) == nil)
        guardian.down(at: calm)
        #expect(guardian.held(at: calm) == nil)
    }

    @Test func `three downs that span more than five minutes hold nothing back`() {
        var guardian = FlapGuard()
        for count in 0..<20 {
            let down = start + .seconds(count * 151)
            guardian.down(at: down)
            #expect(guardian.held(at: down) == nil)
        }
    }

    @Test func `the reason counts what is remembered`() {
        var guardian = FlapGuard()
        for count in 0..<3 { guardian.down(at: start + .seconds(count * 60)) }
        #expect(guardian.reason(at: start + .seconds(130)) == "3 times down in 3 min")
    }
}
