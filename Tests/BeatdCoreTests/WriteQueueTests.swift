import Testing

@testable import BeatdCore

@Suite struct WriteQueueTests {
    private let start = Instant(nanoseconds: 1_000_000_000_000)
    private func id(_ number: Int32) -> LeaseID { LeaseID(index: number) }

    private func drain(_ queue: inout WriteQueue, at now: Instant) -> [Int32] {
        var taken: [Int32] = []
        while let (id, _) = queue.next(for: .anything, at: now) { taken.append(id.index) }
        return taken
    }

    @Test func `goodbyes go first, then beats, then hellos, each in the order they came`() {
        var queue = WriteQueue(writesPerSecond: 1000, at: start)
        for number: Int32 in 0..<9 { queue.insert(id(number), [.hello, .beat, .goodbye][Int(number % 3)]) }
        #expect(queue.count == 9)
        #expect(drain(&queue, at: start) == [2, 5, 8, 1, 4, 7, 0, 3, 6])
        #expect(queue.isEmpty)
        #expect(queue.ready(at: start) == nil)
    }

    @Test func `a lease waits once, for what it wished last`() {
        var queue = WriteQueue(writesPerSecond: 1000, at: start)
        queue.insert(id(1), .hello)
        queue.insert(id(2), .beat)
        queue.insert(id(1), .beat)
        queue.insert(id(1), .goodbye)
        queue.insert(id(2), .hello)
        queue.insert(id(2), .beat)
        queue.insert(id(3), .beat)
        queue.remove(id(3))
        #expect(queue.count == 2)
        #expect(drain(&queue, at: start) == [1, 2])
        queue.insert(id(3), .beat)
        #expect(drain(&queue, at: start) == [3])
    }

    @Test func `beats need no budget, all else waits for it`() {
        var queue = WriteQueue(writesPerSecond: 10, at: start)
        queue.insert(id(1), .goodbye)
        queue.insert(id(2), .goodbye)
        queue.insert(id(3), .hello)
        queue.insert(id(4), .beat)
        #expect(drain(&queue, at: start) == [1, 4])
        #expect(queue.ready(at: start) == start + .milliseconds(100))
        #expect(drain(&queue, at: start + .milliseconds(100)) == [2])
        queue.giveBack(.goodbye)
        #expect(queue.ready(at: start + .milliseconds(100)) == start + .milliseconds(100))
        #expect(drain(&queue, at: start + .milliseconds(100)) == [3])
    }

    @Test func `a beat that nobody wants any more does not hide when the budget has room`() {
        var queue = WriteQueue(writesPerSecond: 10, at: start)
        queue.insert(id(1), .goodbye)
        #expect(drain(&queue, at: start) == [1])
        queue.insert(id(2), .beat)
        queue.insert(id(2), .goodbye)
        #expect(queue.ready(at: start) == start + .milliseconds(100))
    }

    @Test func `whatever is put in and taken out, each wish is met once and in order`() {
        var chance = Chance(seed: 11)
        var queue = WriteQueue(writesPerSecond: 1_000_000, at: start)
        var wishes: [LeaseID: WriteClass] = [:]
        for _ in 0..<20_000 {
            let lease = id(Int32.random(in: 0..<200, using: &chance))
            switch Int.random(in: 0..<6, using: &chance) {
            case 0:
                queue.remove(lease)
                wishes[lease] = nil
            case 1, 2:
                let taken = queue.next(for: .anything, at: start + .seconds(1))
                #expect((taken == nil) == wishes.isEmpty)
                guard let (found, kind) = taken else { continue }
                #expect(wishes.removeValue(forKey: found) == kind)
                #expect(kind == .goodbye || !wishes.values.contains(.goodbye))
                #expect(kind != .hello || !wishes.values.contains(.beat))
            default:
                let kind = [WriteClass.goodbye, .beat, .hello][Int.random(in: 0..<3, using: &chance)]
                queue.insert(lease, kind)
                wishes[lease] = kind
            }
            #expect(queue.count == wishes.count)
        }
    }

    @Test func `wishes that are taken back and told again take no more room while nothing can leave`() {
        var queue = WriteQueue(writesPerSecond: 1000, at: start)
        for number: Int32 in 0..<10 { queue.insert(id(number), .hello) }
        for _ in 0..<10_000 {
            queue.remove(id(3))
            queue.insert(id(3), .hello)
        }
        #expect(queue.places < 200)
        #expect(drain(&queue, at: start).sorted() == Array(0..<10))
    }
}
