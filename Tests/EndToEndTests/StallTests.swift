import Glibc
import Linux
import TestSupport
import Testing

/// P1, P2, P3: what must never leave, and what must leave whatever happens.
@Suite struct StallTests {
    private let registry: Registry
    private let agent: Agent
    private let service: LegacyService
    /// Just before the service was started.
    private let began: Int64

    init() throws {
        registry = try Registry()
        agent = try Agent(registry: registry.address)
        began = Clocks.boot()
        service = try LegacyService(in: agent.folder, name: "billing")
    }

    @Test func `P1: after a stall of beatd a new look comes before any beat`() throws {
        try agent.drop("billing", guarding: service)
        try registry.beats("billing", 2)
        agent.process?.stop()
        try service.kill()
        let mark = try registry.mark()
        // Longer than any look stays fresh: beats were due meanwhile.
        let quiet = Clocks.boot() + 2_500_000_000
        try eventually { Clocks.boot() > quiet }
        agent.process?.proceed()
        try registry.first(.deregister, "billing", since: mark)
        #expect(try registry.requests("billing", since: mark).map(\.kind) == [.deregister])
    }

    @Test func `P1: a live service beats on after a stall of beatd, without a new registration`() throws {
        try agent.drop("billing", guarding: service)
        try registry.beats("billing", 2)
        agent.process?.stop()
        let mark = try registry.mark()
        let quiet = Clocks.boot() + 1_500_000_000
        try eventually { Clocks.boot() > quiet }
        let proceeded = Clocks.boot()
        agent.process?.proceed()
        try registry.beats("billing", 2, since: mark)
        let all = try registry.requests("billing", since: mark)
        #expect(all.allSatisfy { $0.isBeat })
        // What was due meanwhile is not made up for: two a second from now on.
        #expect(Double(all.count) <= 2 + 2 * Double(Clocks.boot() - proceeded) / 1e9)
    }

    @Test func `P3: a tcp probe alone sees the closed port at its next look`() throws {
        try agent.drop(
            """
            service: billing
            port: \(service.port)
            address: 127.0.0.1
            beat: { interval: 500ms, timeout: 3s, delete-after: 6s }
            probes: [{ tcp: { port: \(service.port), interval: 300ms, fall: 100 } }]

            """, as: "billing.yaml")
        try registry.beats("billing", 1)
        let killed = try service.kill()
        let goodbye = try registry.first(.deregister, "billing")
        // One interval of the probe, not `fall` of them.
        #expect(goodbye.boot - killed < 15_000_000_000)
        #expect(try agent.phase("down", of: "billing").reason.contains("connection refused"))
    }

    @Test func `P1: beats stop with the first failing look, and the goodbye comes after fall of them`() throws {
        try agent.folder.write("\(service.pid)\n", to: "fall.pid")
        try agent.drop(
            """
            service: billing
            port: \(service.port)
            address: 127.0.0.1
            beat: { interval: 200ms, timeout: 3s, delete-after: 6s }
            probes: [{ pidfile: { path: \(agent.folder.path("fall.pid")), interval: 500ms, fall: 15 } }]

            """, as: "billing.yaml")
        try registry.beats("billing", 2)
        try agent.folder.write("nonsense", to: "fall.pid")
        try agent.phase("suspect", of: "billing")
        let mark = try registry.mark()
        let goodbye = try registry.first(.deregister, "billing", since: mark)
        #expect(try registry.requests("billing", since: mark).first?.request == goodbye.request, "a beat in between")
    }

    @Test func `P2: a goodbye that gets no answer is retried until it does, and nothing else follows`() throws {
        try agent.drop("billing", guarding: service)
        try registry.beats("billing", 2)
        try registry.kill()
        try service.kill()
        try agent.phase("down", of: "billing")
        try agent.wait { $0.registry.lastError != nil }
        try registry.start()
        try registry.first(.deregister, "billing")
        #expect(try registry.requests("billing").allSatisfy { $0.kind == .deregister })
    }

    @Test func `P8: a service that flaps is held back, with the reason, and its neighbour isn't`() throws {
        let neighbour = try LegacyService(in: agent.folder, name: "other")
        try agent.drop("billing", guarding: service)
        try agent.drop("other", guarding: neighbour)
        for _ in 0..<3 {
            try agent.phase("up", of: "billing")
            try service.kill()
            try agent.phase("down", of: "billing")
            try service.start()
        }
        let held = try agent.wait { $0["billing"]?.reason.hasPrefix("held back") == true }
        #expect(held["billing"]?.phase == "waiting")
        #expect(held["billing"]?.reason.contains("3 times down") == true, "\(held)")
        let mark = try registry.mark()
        try registry.beats("other", 3, since: mark)
        #expect(try registry.requests("billing", since: mark).allSatisfy { $0.kind == .deregister })
    }

    @Test func `warm-up holds a young process back, counted from its own start`() throws {
        try agent.drop("billing", guarding: service, more: "warm-up: 10s")
        let waiting = try agent.wait { $0["billing"]?.reason.hasPrefix("warm-up: ") == true }
        #expect(waiting["billing"]?.phase == "waiting")
        try eventually { Clocks.boot() - began > 8_000_000_000 }
        try agent.kill()
        let restarted = Clocks.boot()
        try agent.start()
        let first = try registry.first(.register, "billing")
        // Two clocks of the kernel, one of them in ticks of 10 ms.
        #expect(first.boot - began > 9_900_000_000)
        #expect(first.boot - restarted < 10_000_000_000, "counted anew by the restart")
    }

    @Test func `P6: a service that dies and comes back while the registry is away is registered once it is there`()
        throws
    {
        try agent.drop("billing", guarding: service)
        try registry.beats("billing", 2)
        try registry.kill()
        try service.kill()
        try agent.phase("down", of: "billing")
        try service.start()
        try agent.wait { $0["billing"]?.process?.pid == service.pid }
        try registry.start()
        try registry.beats("billing", 2)
        let all = try registry.requests("billing")
        let hello = try #require(all.firstIndex { $0.kind == .register })
        // The goodbye that never left is no more owed: what comes first may be a beat, to which the empty registry says no.
        #expect(all[..<hello].allSatisfy { $0.kind == .deregister || $0.code == 20404 }, "\(all)")
        #expect(all[hello...].dropFirst().allSatisfy { $0.isBeat }, "\(all)")
        try agent.phase("up", of: "billing")
    }
}
