import Testing

@testable import BeatdCore

/// Several servers: sticky, the next one in order once the one in use fails.
@Suite struct ServerListTests {
    private static let servers = ["a", "b", "c"].map { Server(host: $0) }
    private let settings = Settings(registry: RegistrySettings(servers: servers, api: .v1))

    private func world(down: Set<String> = []) -> Harness {
        var world = Harness(settings)
        world.seen = alive
        world.serversDown = down
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        return world
    }

    private func hosts(_ world: Harness) -> [String] { world.orders.map(\.server.host) }

    @Test func `the first one is used, and stays in use`() {
        var world = world()
        world.run(.seconds(60))
        #expect(Set(hosts(world)) == ["a"])
    }

    @Test func `a server that is away at the start is passed over after two connects, the next after one`() {
        var world = world(down: ["a", "b"])
        world.run(.seconds(1))
        #expect(world.opened.map(\.host) == ["a", "a", "b", "c"])
        #expect(hosts(world) == ["c"])
        #expect(world.phase("billing") == .up)
        #expect(world.heart.report.registry.current.server.host == "c")
    }

    @Test func `after a failover everything is registered at the next server, and stays there when the first is back`()
    {
        var world = world()
        world.run(.seconds(11))
        world.orders = []
        world.breakServer("a")
        world.run(.seconds(8))
        #expect(world.kinds.prefix(2) == ["register", "full"])
        #expect(Set(hosts(world)) == ["b"])
        world.serversDown = []
        world.run(.seconds(30))
        #expect(Set(hosts(world)) == ["b"])
    }

    @Test func `while all are away each is tried in turn, no faster than the back-off says`() {
        var world = world(down: ["a", "b", "c"])
        world.run(.seconds(60))
        #expect(Set(world.opened.map(\.host)) == ["a", "b", "c"])
        #expect((25...60).contains(world.opened.count), "\(world.opened.count)")
        #expect(world.orders.isEmpty)
        world.serversDown = ["a", "c"]
        world.run(.seconds(15))
        #expect(world.phase("billing") == .up)
        #expect(Set(hosts(world)) == ["b"])
    }

    @Test func `a goodbye that is owed when the server fails goes to the next one`() {
        var world = world()
        world.run(.seconds(11))
        world.orders = []
        world.breakServer("a")
        world.seen = refused
        world.run(.seconds(10))
        #expect(world.kinds.last == "deregister")
        #expect(Set(hosts(world)) == ["b"])
        #expect(!world.kinds.contains("register"))
    }

    @Test func `a server that comes back while nothing else was reached needs no registration`() {
        var world = world()
        world.run(.seconds(11))
        world.orders = []
        world.breakServer("a")
        world.serversDown = ["a", "b", "c"]
        world.run(.seconds(2))
        world.serversDown = ["b", "c"]
        world.run(.seconds(12))
        #expect(Set(hosts(world)) == ["a"])
        #expect(!world.kinds.contains("register"))
    }

    @Test func `a list without the server in use moves to its first, one with it changes nothing`() {
        var world = world(down: ["a"])
        world.run(.seconds(1))
        #expect(hosts(world) == ["b"])
        world.send(
            .configured(
                Settings(registry: RegistrySettings(servers: [Server(host: "x"), Server(host: "b")], api: .v1))))
        world.run(.seconds(6))
        #expect(Set(hosts(world)) == ["b"])
        world.orders = []
        world.send(.configured(Settings(registry: RegistrySettings(servers: [Server(host: "x")], api: .v1))))
        world.run(.seconds(6))
        #expect(Set(hosts(world)) == ["x"])
        #expect(world.kinds.first == "register")
    }

    @Test func `after a change of servers one failed connect is a blip again`() {
        var world = world()
        world.run(.seconds(11))
        world.breakServer("a")
        world.run(.seconds(20))
        #expect(world.heart.report.registry.current.server.host == "b")
        world.run(.seconds(120))
        let before = world.opened.count
        world.breakServer("b")
        while world.opened.count == before { world.run(.milliseconds(10)) }
        world.serversDown = []
        world.run(.seconds(20))
        #expect(world.heart.report.registry.current.server.host == "b")
        #expect(world.phase("billing") == .up)
    }

    @Test func `a reload that puts another server in front leaves the one in use alone`() {
        var world = world()
        world.run(.seconds(11))
        let orders = world.orders.count
        var settings = settings
        settings.registry.servers = ["z", "b", "a"].map { Server(host: $0) }
        world.send(.configured(settings))
        world.run(.seconds(11))
        #expect(Set(hosts(world)) == ["a"])
        #expect(!world.kinds.dropFirst(orders).contains("register"))
    }
}
