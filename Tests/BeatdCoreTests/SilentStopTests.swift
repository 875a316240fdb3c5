import Testing

@testable import BeatdCore

/// A stop for a restart that nobody is to notice (promise P7).
@Suite struct SilentStopTests {
    @Test func `what the first stop is to do stands, whatever the second one says`() {
        for (first, second) in [(StopMode.deregister, StopMode.lapse), (.lapse, .deregister)] {
            var world = Harness()
            world.seen = alive
            world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
            world.run(.seconds(6))
            world.reply = { _, _ in nil }
            world.send(.stopping(first, deadline: world.now + .seconds(10)))
            world.send(.stopping(second, deadline: world.now + .seconds(5)))
            #expect((world.finished == nil) == (first == .deregister), "the goodbye has no answer yet")
            world.run(.seconds(5))
            #expect(world.kinds.contains("deregister") == (first == .deregister))
            #expect(world.finished?.map(\.name) == ["billing"])
        }
    }

    @Test func `a stop that only falls silent writes nothing more, not even the beat that falls due with it`() throws {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(12))
        var bound = 1000
        while let next = world.heart.nextDeadline(), next.why != "a write is due" {
            bound -= 1
            try #require(bound > 0)
            world.now = max(world.now, next.at)
            world.send(.tick)
        }
        let count = world.orders.count
        let due = world.heart.nextDeadline()?.at
        world.now = try #require(due)
        world.send(.stopping(.lapse, deadline: world.now + .seconds(10)))
        #expect(world.orders.count == count)
        #expect(world.finished != nil, "there is nothing to wait for")
    }
}
