import BeatdCore
import Testing

/// Mistakes that the simulation found, each as small as it gets.
@Suite struct FoundBySimulationTests {
    private func automatic(port: Int = 9100, _ address: AddressChoice) -> InstanceDescriptor {
        var descriptor = descriptor(port: port)
        descriptor.address = address
        return descriptor
    }

    @Test func `status can be asked while a stop goes on`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor("a", port: 9101), descriptor("b", port: 9102)])))
        world.reply = { order, _ in
            order.instance.identity.port == 9102 ? nil : .accepted(intervalMilliseconds: nil, lightBeats: nil)
        }
        world.send(.stopping(.deregister, deadline: world.now + .seconds(10)))
        #expect(world.finished == nil)
        #expect(world.heart.statuses.map(\.name) == ["a", "b"])
    }

    @Test func `an address that was written is not kept when the file asks for the host's own`() {
        var world = Harness()
        world.seen = alive
        world.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5", "10.0.0.6"])))
        world.send(.descriptors(DescriptorSet(accepted: [automatic(.literal("10.0.0.6"))])))
        #expect(world.heart.status(of: "billing")?.ip == "10.0.0.6")
        world.send(.descriptors(DescriptorSet(accepted: [automatic(.automatic)])))
        #expect(world.heart.status(of: "billing")?.ip == "10.0.0.5")
        world.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.5", "10.0.0.7"])))
        #expect(world.heart.status(of: "billing")?.ip == "10.0.0.5", "the host's own is kept while the host has it")
    }

    @Test func `a file that is removed and comes back rises anew, though its goodbye is still out`() {
        var probe = tcp9100
        probe.rise = 3
        let file = descriptor(probes: [probe])
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        world.run(.seconds(6))
        #expect(world.phase("billing") == .up)
        world.reply = { _, _ in nil }
        world.send(.descriptors(DescriptorSet(accepted: [])))
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        #expect(world.phase("billing") == .waiting)
    }

    @Test func `a failed beat waits for its whole back-off`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        var times: [Instant] = []
        world.reply = { _, now in
            times.append(now)
            return .refused(status: 400, text: "")
        }
        world.run(.seconds(6))
        #expect(times.count > 2)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .milliseconds(160) })
    }

    @Test func `a beat that did not leave is sent once, not twice`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        let before = world.orders.count
        var isFull = true
        world.reply = { _, _ in
            defer { isFull = false }
            return isFull ? .notSent("full") : .accepted(intervalMilliseconds: 5000, lightBeats: true)
        }
        world.run(.seconds(5))
        #expect(world.orders.count - before == 2)
    }
}
