import Glibc
import Linux
import TestSupport
import Testing

/// What happens to the registry when a descriptor changes (contract 3.4).
@Suite struct ChangeTests {
    private let registry: Registry
    private let agent: Agent
    private let service: LegacyService

    init() throws {
        registry = try Registry()
        agent = try Agent(registry: registry.address)
        service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try registry.beats("billing", 1)
    }

    @Test func `a removed file is deregistered and forgotten`() throws {
        agent.descriptors.remove(name: "billing.yaml")
        try registry.first(.deregister, "billing")
        try agent.wait { $0.instances.isEmpty }
        let all = try registry.requests("billing")
        #expect(all.last?.kind == .deregister)
        #expect(all.count { $0.kind == .deregister } == 1)
    }

    @Test func `a renamed file changes nothing in the registry`() throws {
        let mark = try registry.mark()
        try agent.descriptors.rename("billing.yaml", to: "payments.yaml")
        try agent.wait { $0["payments"]?.phase == "up" && $0["billing"] == nil }
        try registry.beats("billing", 3, since: mark)
        #expect(try registry.requests("billing", since: mark).allSatisfy(\.isBeat))
    }

    @Test func `P5: the second file of one instance waits, and takes over without a word when the first goes`() throws {
        try agent.drop(Agent.descriptor("billing", guarding: service), as: "twin.yaml")
        try agent.wait { $0["twin"]?.phase == "rejected" && $0["billing"]?.phase == "up" }
        let mark = try registry.mark()
        agent.descriptors.remove(name: "billing.yaml")
        try agent.wait { $0["twin"]?.phase == "up" && $0["billing"] == nil && $0.rejected.isEmpty }
        try registry.beats("billing", 2, since: mark)
        #expect(try registry.requests("billing", since: mark).allSatisfy(\.isBeat))
    }

    @Test func `a disabled instance is published as such, and the file put aside deregisters it`() throws {
        let mark = try registry.mark()
        try agent.drop("billing", guarding: service, more: "enabled: false")
        let change = try registry.first(.register, "billing", since: mark)
        #expect(change.parameters["enabled"] == "false")
        try agent.descriptors.rename("billing.yaml", to: "billing.yaml.disabled")
        try registry.first(.deregister, "billing", since: change.request)
        try agent.wait { $0.instances.isEmpty && $0.rejected.isEmpty }
    }

    @Test func `new metadata and weight are one registration, and beats go on with them`() throws {
        let mark = try registry.mark()
        try agent.drop("billing", guarding: service, more: "weight: 7\nmetadata: { version: \"9\" }")
        let change = try registry.first(.register, "billing", since: mark)
        #expect(change.parameters["weight"] == "7.0")
        #expect(change.parameters["metadata"]?.contains("\"version\":\"9\"") == true)
        try registry.beats("billing", 2, since: change.request)
        let writes = try registry.requests("billing", since: mark).filter { !$0.isBeat }
        #expect(writes.map(\.kind) == [.register])
    }

    @Test func `another cluster says goodbye first, and registers once that is answered`() throws {
        let mark = try registry.mark()
        try agent.drop("billing", guarding: service, more: "cluster: blue")
        try registry.first(.register, "billing", since: mark)
        try registry.beats("billing", 2, since: mark)
        let writes = try registry.requests("billing", since: mark).filter { !$0.isBeat }
        #expect(writes.map(\.kind) == [.deregister, .register])
        #expect(writes.map { $0.parameters["clusterName"] } == ["DEFAULT", "blue"])
        #expect(writes.first?.status == 200)
        #expect(try registry.list("billing").contains("\"clusterName\":\"blue\""))
    }

    @Test func `another port registers first, and says goodbye to the old one then`() throws {
        let mark = try registry.mark()
        let other = try LegacyService(in: agent.folder, name: "other")
        try agent.drop("billing", guarding: other)
        try registry.first(.deregister, "billing", since: mark)
        try registry.beats("billing", 2, since: mark)
        let writes = try registry.requests("billing", since: mark).filter { !$0.isBeat }
        #expect(writes.map(\.kind) == [.register, .deregister])
        #expect(writes.map { $0.parameters["port"] } == ["\(other.port)", "\(service.port)"])
        try registry.wait("billing", since: mark) { $0.last?.parameters["port"] == "\(other.port)" }
    }

    @Test func `SIGHUP reads the folder at once`() throws {
        // With a long settle only the signal can be what made it read.
        try agent.configure(settle: "10s")
        agent.process?.send(SIGHUP)
        try agent.waitLog("Reloaded")
        let mark = try registry.mark()
        let dropped = Clocks.boot()
        try agent.drop("billing", guarding: service, more: "weight: 4")
        agent.process?.send(SIGHUP)
        let change = try registry.first(.register, "billing", since: mark)
        #expect(change.parameters["weight"] == "4.0")
        #expect(change.boot - dropped < 10_000_000_000)
    }

    @Test func `P2: a pending probe leaves the running version in place until it was alive once`() throws {
        let mark = try registry.mark()
        let late = try LegacyService(in: agent.folder, name: "late", isStarted: false)
        try agent.drop("billing", guarding: service, more: "  - tcp: { port: \(late.port), interval: 500ms }")
        let status = try agent.wait { $0["billing"]?.pending != nil }
        #expect(status["billing"]?.phase == "up")
        #expect(try Command.beatd("status", "--socket", agent.socket).code == 1)
        try registry.beats("billing", 2, since: mark)
        try late.start()
        try agent.wait { $0["billing"]?.pending == nil }
        #expect(try agent.status()["billing"]?.probes.count == 3)
        #expect(try registry.requests("billing", since: mark).allSatisfy(\.isBeat))
    }
}
