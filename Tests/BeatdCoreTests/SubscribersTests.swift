import Testing

@testable import BeatdCore

@Suite struct SubscribersTests {
    @Test func `they stand in the order of their coming, each once, and the rest moves up`() {
        let ids = (1...4).map { TaskID(index: $0) }
        var subscribers = Subscribers(ids[0])
        var expected = [ids[0]]
        func check() { #expect(Array(subscribers) == expected) }
        for id in [ids[1], ids[0], ids[2], ids[1]] {
            subscribers.add(id)
            if !expected.contains(id) { expected.append(id) }
            check()
        }
        for id in [ids[3], ids[0], ids[2], ids[1], ids[1]] {
            subscribers.remove(id)
            expected.removeAll { $0 == id }
            check()
        }
        #expect(subscribers.isEmpty)
        subscribers.add(ids[3])
        #expect(Array(subscribers) == [ids[3]])
    }
}
