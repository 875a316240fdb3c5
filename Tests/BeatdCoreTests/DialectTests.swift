import Testing

@testable import BeatdCore

/// What the heart speaks where it has to find out.
@Suite struct DialectTests {
    private static let yes = Reply.accepted(intervalMilliseconds: nil, lightBeats: nil)

    /// A heart that guards two instances of a registry with these APIs.
    private func world(_ apis: Set<RegistryAPI>, _ registry: RegistrySettings = RegistrySettings()) -> Harness {
        var world = Harness(Settings(registry: registry))
        world.seen = alive
        answer(&world, apis)
        world.send(.descriptors(DescriptorSet(accepted: [descriptor("a", port: 1), descriptor("b", port: 2)])))
        return world
    }

    private func answer(_ world: inout Harness, _ apis: Set<RegistryAPI>, status: Int = 404) {
        world.reply = { order, _ in apis.contains(order.api) ? Self.yes : .refused(status: status, text: "no such api")
        }
    }

    private func spoken(_ world: Harness) -> [String] {
        zip(world.kinds, world.orders).map { "\($0) \($1.api)" }
    }

    @Test(arguments: [
        ([RegistryAPI.v1, .v3], ["inquire v1", "register v1", "register v1"]),
        ([.v1], ["inquire v1", "register v1", "register v1"]),
        ([.v3], ["inquire v1", "inquire v3", "register v3", "register v3"]),
    ]) func `a new server is asked for v1, then for v3, before anything is registered`(
        _ apis: [RegistryAPI], _ orders: [String]
    ) {
        let world = world(Set(apis))
        #expect(spoken(world) == orders)
        #expect(world.heart.report.registry.current.api == (apis.contains(.v1) ? "v1" : "v3"))
        #expect(world.phase("a") == .up)
    }

    @Test(arguments: [RegistryAPI.v1, .v3]) func `a configured API is not asked for`(_ api: RegistryAPI) {
        #expect(spoken(world([.v1, .v3], RegistrySettings(api: api))) == ["register \(api)", "register \(api)"])
    }

    @Test func `a server that has neither is asked ever more rarely, and the error says what to look at`() {
        var world = world([])
        world.run(.seconds(20))
        #expect(Set(world.kinds) == ["inquire"])
        #expect((12...60).contains(world.orders.count), "\(world.orders.count)")
        let registry = world.heart.report.registry
        #expect(registry.lastError == "no Nacos at this address and context path (HTTP 404: no such api)")
        #expect(registry.state == .refusing)
        #expect(world.heart.report.registry.current.api == nil)
        answer(&world, [.v3])
        world.run(.seconds(10))
        #expect(world.phase("a") == .up)
    }

    @Test(arguments: [404, 410, 501]) func `an upgrade that takes v1 away is noticed by the first refusal`(
        _ status: Int
    ) {
        var world = world([.v1])
        world.run(.seconds(12))
        world.orders = []
        answer(&world, [.v3], status: status)
        world.run(.seconds(11))
        let orders = spoken(world)
        #expect(orders.prefix(3) == ["full v1", "inquire v1", "inquire v3"])
        #expect(orders.dropFirst(3).allSatisfy { $0.hasSuffix("v3") })
        #expect(orders.contains("light v3"))
        #expect(world.phase("a") == .up && world.phase("b") == .up)
    }

    @Test func `a refusal that means something else asks nothing, and one that lasts does not ask all the time`() {
        var world = world([.v1])
        world.run(.seconds(12))
        world.orders = []
        world.reply = { _, _ in .refused(status: 403, text: "who are you") }
        world.run(.seconds(20))
        #expect(!world.kinds.contains("inquire"))
        // v1 is there, and says 404 to every write all the same.
        world.reply = { order, _ in order.kind == .inquire ? Self.yes : .refused(status: 404, text: "no such thing") }
        world.orders = []
        world.run(.seconds(60))
        #expect((10...13).contains(world.kinds.filter { $0 == "inquire" }.count))
    }

    @Test func `a question without an answer is given up at the time limit and asked again`() {
        var world = Harness(Settings())
        world.seen = alive
        world.reply = { _, _ in nil }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.milliseconds(2999))
        #expect(world.kinds == ["inquire"])
        #expect(world.closed == [])
        world.run(.milliseconds(1))
        #expect(world.closed.count == 1)
        answer(&world, [.v1])
        world.run(.seconds(2))
        #expect(world.kinds == ["inquire", "inquire", "register"])
    }

    @Test func `an API that is configured while the question is out ends it, and its connection`() {
        var world = Harness(Settings())
        world.seen = alive
        world.reply = { order, _ in order.kind == .inquire ? nil : Self.yes }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        #expect(world.kinds == ["inquire"])
        world.send(.configured(Settings(registry: RegistrySettings(api: .v3))))
        #expect(world.closed == Array(world.open.prefix(1)))
        #expect(spoken(world) == ["inquire v1", "register v3"])
        world.run(.seconds(30))
        #expect(world.closed.count == 1)
    }

    @Test func `another API in the configuration holds from the next write on`() {
        var world = world([.v1, .v3], RegistrySettings(api: .v1))
        world.run(.seconds(6))
        world.orders = []
        world.send(.configured(Settings(registry: RegistrySettings(api: .v3))))
        world.run(.seconds(6))
        #expect(Set(spoken(world)) == ["light v3"])
        #expect(world.closed == [])
    }
}
