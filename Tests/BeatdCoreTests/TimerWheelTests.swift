import BeatdCore
import Testing

@Suite struct TimerWheelTests {
    @Test func `timers fire once, in order, never early, whatever is set, moved and removed`() {
        var chance = Chance(seed: 42)
        var wheel = TimerWheel<Int>(startingAt: Instant(nanoseconds: 5_000_000_000))
        var expected: [Int: Instant] = [:]
        var handles: [Int: TimerWheel<Int>.Handle] = [:]
        var now = Instant(nanoseconds: 5_000_000_000)
        for key in 0..<5000 {
            let due = now + .nanoseconds(Int64.random(in: -1_000_000...40_000_000_000, using: &chance))
            handles[key] = wheel.insert(key, due: due)
            expected[key] = due
            if key % 3 == 0, let (other, handle) = handles.min(by: { $0.key < $1.key }) {
                let later = now + .nanoseconds(Int64.random(in: 0...20_000_000_000, using: &chance))
                wheel.move(handle, to: later)
                expected[other] = later
            }
            if key % 5 == 0, let (other, handle) = handles.max(by: { $0.key < $1.key }) {
                wheel.remove(handle)
                handles[other] = nil
                expected[other] = nil
            }
            now = now + .nanoseconds(Int64.random(in: 0...30_000_000, using: &chance))
            while let fired = wheel.popDue(at: now) {
                #expect((expected[fired] ?? .never) <= now)
                expected[fired] = nil
                handles[fired] = nil
            }
            #expect(expected.values.allSatisfy { $0 > now })
            let next = wheel.next()?.due
            #expect(next == expected.values.min())
        }
        now = now + .seconds(100)
        var last = Instant(nanoseconds: 0)
        while let fired = wheel.popDue(at: now) {
            last = max(last, expected[fired] ?? .never)
            expected[fired] = nil
        }
        #expect(expected.isEmpty)
        #expect(wheel.count == 0)
    }

    @Test func `timers of one instant fire once each, unless they are moved or removed while others are taken`() {
        let due = Instant(nanoseconds: 7_000_000_000)
        var wheel = TimerWheel<Int>(startingAt: Instant(nanoseconds: 5_000_000_000))
        var handles = (0..<10_000).map { wheel.insert($0, due: due) }
        var fired: Set<Int> = []
        let later = due + .seconds(1)
        while let key = wheel.popDue(at: due) {
            let isFirst = fired.insert(key).inserted
            #expect(isFirst)
            // Each takes one away that was not taken yet, and puts one off.
            guard fired.count <= 2000 else { continue }
            wheel.remove(handles[9999 - fired.count])
            wheel.move(handles[7500 - fired.count], to: later)
            handles[key] = wheel.insert(key + 10_000, due: due)
        }
        #expect(fired.count == 10_000 - 2 * 2000 + 2000)
        #expect(fired.isDisjoint(with: 7999..<9999))
        #expect(fired.isDisjoint(with: 5500..<7500))
        let next = wheel.next()?.due
        #expect(next == later)
        #expect(wheel.count == 2000)
    }

    @Test func `after a sleep of hours everything that is due comes out`() {
        var wheel = TimerWheel<Int>(startingAt: Instant(nanoseconds: 0))
        for key in 0..<100 { _ = wheel.insert(key, due: Instant(nanoseconds: Int64(key) * 3_000_000_000)) }
        var fired: Set<Int> = []
        while let key = wheel.popDue(at: Instant(nanoseconds: 100_000_000_000_000)) { fired.insert(key) }
        #expect(fired.count == 100)
    }
}
