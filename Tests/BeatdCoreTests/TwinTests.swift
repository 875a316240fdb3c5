import Testing

@testable import BeatdCore

/// Two files that describe the same instance (contract 3.6): which one is refused, and until when.
@Suite struct TwinTests {
    private func file(_ name: String, port: Int = 9100, _ address: AddressChoice = .literal("10.0.3.7"))
        -> InstanceDescriptor
    {
        var file = descriptor("billing", port: port)
        file.name = name
        file.file = "\(name).yaml"
        file.address = address
        file.metadata = ["of": name]
        return file
    }

    private func running(_ files: [InstanceDescriptor]) -> Harness {
        var world = Harness()
        world.seen = alive
        world.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        world.send(.descriptors(DescriptorSet(accepted: files)))
        world.run(.seconds(3))
        return world
    }

    /// Whose content each address was last registered with.
    private func registered(_ world: Harness) -> [String: String] {
        var found: [String: String] = [:]
        for order in world.orders {
            let place = "\(order.instance.identity.ip):\(order.instance.identity.port)"
            if order.kind == .register { found[place] = order.instance.metadata["of"] }
            if order.kind == .deregister { found[place] = nil }
        }
        return found
    }

    @Test func `a twin is taken once the file that came first describes another port`() {
        var world = running([file("a"), file("b")])
        #expect(world.phase("b") == .rejected)
        world.send(.descriptors(DescriptorSet(accepted: [file("a", port: 9200), file("b")])))
        world.run(.seconds(3))
        #expect(world.phase("a") == .up)
        #expect(world.phase("b") == .up)
        #expect(registered(world) == ["10.0.3.7:9200": "a", "10.0.3.7:9100": "b"])
        #expect(world.heart.report.rejected.isEmpty)
    }

    @Test func `a twin is taken once the file that came first is removed, and says what it says itself`() {
        var world = running([file("a"), file("b")])
        world.send(.descriptors(DescriptorSet(accepted: [file("b")])))
        world.run(.seconds(3))
        #expect(world.phase("b") == .up)
        #expect(registered(world) == ["10.0.3.7:9100": "b"])
    }

    @Test func `files that take over each other's instance in one reading are both up`() {
        var world = running([file("a"), file("b", port: 9200)])
        world.send(.descriptors(DescriptorSet(accepted: [file("a", port: 9200), file("b")])))
        world.run(.seconds(5))
        #expect(world.phase("a") == .up)
        #expect(world.phase("b") == .up)
        #expect(registered(world) == ["10.0.3.7:9200": "a", "10.0.3.7:9100": "b"])
    }

    @Test func `whoever runs keeps the instance when the host's address changes, though its twin comes first by name`()
    {
        var world = running([file("b", .automatic)])
        world.send(.descriptors(DescriptorSet(accepted: [file("a", .automatic), file("b", .automatic)])))
        world.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.7"])))
        world.run(.seconds(3))
        #expect(world.phase("b") == .up)
        #expect(world.phase("a") == .rejected)
        #expect(registered(world) == ["10.0.0.7:9100": "b"])
    }

    @Test func `an address that tells two files apart frees the twin`() {
        var world = running([file("a", .automatic), file("b", .literal("10.0.0.5"))])
        #expect(world.phase("b") == .rejected)
        world.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.7"])))
        world.run(.seconds(3))
        #expect(world.phase("a") == .up)
        #expect(world.phase("b") == .up)
    }
}
