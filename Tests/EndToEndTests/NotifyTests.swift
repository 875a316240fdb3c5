import Glibc
import Linux
import TestSupport
import Testing

/// What systemd hears (sd_notify(3)).
@Suite struct NotifyTests {
    private let registry: Registry
    private let agent: Agent
    private let systemd: NotifySocket

    init() throws {
        registry = try Registry(isStarted: false)
        agent = try Agent(registry: registry.address, isStarted: false)
        systemd = try NotifySocket()
    }

    private var environment: [String: String] { ["NOTIFY_SOCKET": systemd.path] }

    @Test func `READY comes after the first looks, without a registry, then STATUS, and STOPPING at the end`() throws {
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.start(environment: environment)
        try systemd.wait(for: "READY=1")
        // Said after the first looks: nothing is unseen any more, though the registry never answered.
        let status = try agent.status()
        #expect(status.ready)
        #expect(status["billing"]?.phase == "registering")
        #expect(status["billing"]?.probes.allSatisfy { $0.outcome == "alive" } == true)
        try eventually {
            systemd.receive()
            return systemd.lines.contains { $0.hasPrefix("STATUS=1 registering") && $0.contains("unreachable") }
        }
        try registry.start()
        try registry.beats("billing", 1)
        try eventually {
            systemd.receive()
            return systemd.lines.contains("STATUS=1 up, registry ok")
        }
        #expect(systemd.lines.count { $0 == "READY=1" } == 1)
        #expect(!systemd.lines.contains("STOPPING=1"))
        #expect(try agent.end(by: SIGTERM) == .exited(0))
        systemd.receive()
        #expect(systemd.lines.contains("STOPPING=1"))
    }

    @Test func `READY waits for a look that takes its time`() throws {
        let slow = try Blackhole()
        try agent.drop(
            """
            service: slow
            port: 9
            address: 127.0.0.1
            probes: [{ tcp: { port: \(slow.port), interval: 2s, timeout: 1s } }]

            """, as: "slow.yaml")
        let began = Clocks.boot()
        try agent.start(environment: environment)
        let early = try agent.status()
        #expect(!early.ready || early["slow"]?.probes.first?.outcome != nil)
        try systemd.wait(for: "READY=1")
        #expect(Clocks.boot() - began > 900_000_000)
        #expect(try agent.status()["slow"]?.probes.first?.outcome == "failing")
    }

    @Test func `a reload is told from its beginning to its end`() throws {
        try agent.start(environment: environment)
        try systemd.wait(for: "READY=1")
        agent.process?.send(SIGHUP)
        try systemd.wait(for: "RELOADING=1")
        try eventually {
            systemd.receive()
            return systemd.lines.count { $0 == "READY=1" } == 2
        }
        #expect(systemd.lines.contains { $0.hasPrefix("MONOTONIC_USEC=") })
    }
}
