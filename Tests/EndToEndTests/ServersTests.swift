import TestSupport
import Testing

/// Which server is spoken to, and in which API (contract 4).
@Suite struct ServersTests {
    @Test(arguments: ["--v1-off", "--v3-only"])
    func `a server without v1 is spoken to in v3: registered, beaten for, and said goodbye to`(_ option: String) throws
    {
        let registry = try Registry([option])
        let agent = try Agent(registry: registry.address)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.wait { ($0["billing"]?.beats ?? 0) >= 2 }
        #expect(try agent.status().registry.api == "v3")
        let taken = try registry.requests("billing").filter { $0.status == 200 && $0.code == 0 }
        #expect(taken.first?.kind == .register)
        #expect(taken.count { $0.kind == .light } >= 2)
        try service.kill()
        try registry.wait("billing") { $0.contains { $0.kind == .deregister && $0.isV3 } }
        try agent.phase("down", of: "billing")
    }

    @Test func `an upgrade that takes v1 away is noticed, and the instance is there again without a restart of beatd`()
        throws
    {
        let registry = try Registry()
        let agent = try Agent(registry: registry.address)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try registry.beats("billing", 1)
        #expect(try agent.status().registry.api == "v1")
        try registry.kill()
        registry.options = ["--v3-only"]
        try registry.start()
        try registry.wait("billing", limit: .seconds(30)) {
            $0.contains { $0.kind == .light && $0.isV3 && $0.code == 0 }
        }
        try agent.wait { $0["billing"]?.phase == "up" && $0.registry.api == "v3" }
    }

    @Test func `a server that has no Nacos at that path is named with what to look at`() throws {
        let registry = try Registry()
        let agent = try Agent(registry: registry.address, isStarted: false)
        try agent.start(environment: ["BEATD_REGISTRY_CONTEXT_PATH": "/elsewhere"])
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        let status = try agent.wait { $0.registry.lastError?.contains("no Nacos at this address") == true }
        #expect(status.registry.api == nil)
        #expect(status.registry.state == "refusing")
    }

    @Test func `of two servers the second takes over when the first dies, and keeps it when the first is back`() throws
    {
        let first = try Registry()
        let second = try Registry()
        let agent = try Agent(registry: "\(first.address), \(second.address)")
        let service = try LegacyService(in: agent.folder, name: "billing")
        // With another server at hand an answer has a third of the interval: a machine that stands still must not move it.
        try agent.drop("billing", guarding: service, beat: "interval: 3s, timeout: 9s, delete-after: 18s")
        try first.beats("billing", 1)
        #expect(try second.requests("billing").isEmpty)
        try first.kill()
        try second.beats("billing", 1)
        #expect(try second.requests("billing").first?.kind == .register)
        try agent.wait { $0.registry.server == "http://\(second.address)" && $0["billing"]?.phase == "up" }
        try first.start()
        try second.beats("billing", 2, since: second.mark())
        #expect(try first.requests("billing").isEmpty)
        try service.kill()
        try second.first(.deregister, "billing")
    }

    @Test func `a first server that is away at start costs nothing but a moment`() throws {
        let first = try Registry(isStarted: false)
        let second = try Registry()
        let agent = try Agent(registry: "\(first.address), \(second.address)")
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        #expect(try second.beats("billing", 1).first?.status == 200)
    }
}
