import BeatdCore
import Testing

/// What is in flight: how long it is waited for, and what its answer changes.
@Suite struct FlightTests {
    @Test func `a goodbye that was answered ends the phase up, though the new entry has to wait`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        #expect(world.phase("billing") == .up)
        // From here on the registry takes goodbyes alone.
        world.reply = { order, _ in
            order.kind == .deregister ? .accepted(intervalMilliseconds: nil, lightBeats: nil) : nil
        }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(cluster: "blue")])))
        #expect(world.kinds.contains("deregister"))
        #expect(world.phase("billing") == .registering)
    }

    @Test(arguments: [true, false])
    func `a time limit that gets shorter holds for what is in flight`(isReload: Bool) {
        var settings = Settings(registry: RegistrySettings(api: .v1, timeout: .seconds(60)))
        var file = descriptor()
        file.beat = BeatTiming(interval: .seconds(300), timeout: .seconds(900), deleteAfter: .seconds(1800))
        var world = Harness(settings)
        world.seen = alive
        world.reply = { order, _ in
            order.kind == .register ? .accepted(intervalMilliseconds: nil, lightBeats: nil) : nil
        }
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        while !world.kinds.contains("full") { world.run(.seconds(1)) }
        #expect(world.closed.isEmpty)
        if isReload {
            settings.registry.timeout = .seconds(1)
            world.send(.configured(settings))
        } else {
            file.beat = BeatTiming()
            world.send(.descriptors(DescriptorSet(accepted: [file])))
        }
        world.run(.seconds(6))
        #expect(!world.closed.isEmpty, "given up long before its 60 s")
    }
}
