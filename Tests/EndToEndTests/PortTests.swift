import Linux
import TestSupport
import Testing

/// Port probes by the real program: the kernel's listeners decide.
@Suite struct PortTests {
    private let registry: Registry
    private let agent: Agent

    init() throws {
        registry = try Registry()
        agent = try Agent(registry: registry.address, isStarted: false)
    }

    private func drop(_ name: String, port: Int, probe: String, address: String = "127.0.0.1") throws {
        try agent.drop(
            """
            service: \(name)
            port: \(port)
            address: "\(address)"
            beat: { interval: 500ms, timeout: 3s, delete-after: 6s }
            probes: [{ port: { port: \(port), interval: 200ms, \(probe) } }]

            """, as: "\(name).yaml")
    }

    @Test(arguments: [true, false])
    func `P3: a listener that is closed or killed is said goodbye to, and registered when it is back`(isKilled: Bool)
        throws
    {
        try agent.start()
        let site = try Listening(on: "0.0.0.0")
        try drop("billing", port: site.port, probe: "owner: any")
        try registry.beats("billing", 2)
        if isKilled { try site.kill() } else { try site.close() }
        let goodbye = try registry.first(.deregister, "billing")
        let status = try agent.phase("down", of: "billing")
        #expect(status.reason == "\(site.port): nobody listens")
        #expect(status.probes.map(\.kind) == ["port"])
        try site.kill()
        try site.start()
        try registry.first(.register, "billing", since: goodbye.request)
        try agent.phase("up", of: "billing")
    }

    @Test func `a listener on 127_0_0_1 alone is registered only where callers come to that, or any will do`() throws {
        try agent.start()
        let site = try Listening(on: "127.0.0.1")
        try drop("local", port: site.port, probe: "owner: any")
        try drop("any", port: site.port, probe: "address: any", address: "::1")
        try drop("remote", port: site.port, probe: "owner: any", address: "::1")
        try registry.beats("local", 1)
        try registry.beats("any", 1)
        let status = try agent.wait { $0["remote"]?.probes.first?.outcome != nil }
        #expect(status["remote"]?.probes.first?.outcome == "failing")
        #expect(
            status["remote"]?.probes.first?.reason == "\(site.port) listens on 127.0.0.1 only, callers come to ::1")
        #expect(try registry.requests("remote").isEmpty)
    }

    @Test func `a listener on IPv6 alone is registered only where callers come by IPv6`() throws {
        try agent.start()
        let site = try Listening(on: "::", isIPv6Only: true)
        try drop("six", port: site.port, probe: "address: \"::1\"")
        try drop("four", port: site.port, probe: "owner: any")
        try registry.beats("six", 1)
        let status = try agent.wait { $0["four"]?.probes.first?.outcome != nil }
        #expect(status["four"]?.probes.first?.outcome == "failing")
        #expect(
            status["four"]?.probes.first?.reason == "\(site.port) listens on IPv6 only, callers come to 127.0.0.1")
        try site.kill()
        try registry.first(.deregister, "six")
    }

    @Test func `where netlink is closed beatd connects, and says so in the log and in the look`() throws {
        try agent.start(runner: Agent.withoutDiagnosis)
        let site = try Listening(on: "0.0.0.0")
        try drop("billing", port: site.port, probe: "owner: any")
        try registry.beats("billing", 1)
        let probe = try agent.phase("up", of: "billing").probes.first
        #expect(probe?.reason?.contains("connected, as socket diagnosis is closed to beatd") == true)
        try site.kill()
        try registry.first(.deregister, "billing")
        let lines = agent.log.split(separator: "\n").filter { $0.contains("Socket diagnosis is closed to beatd") }
        #expect(lines.count == 1)
    }
}
