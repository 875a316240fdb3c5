import TestSupport
import Testing

/// P9: what a registry refuses is told, per instance and in its own words.
@Suite struct RefusalTests {
    private static func answer(_ status: String, _ body: String) -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test func `P9: a registry that wants a login is told in reason, table, status NAME, and once in the log`() throws {
        let registry = try OddRegistry()
        let agent = try Agent(registry: registry.address)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.phase("up", of: "billing")
        let body = #"{"timestamp":"2026-11-23T22:21:06.123+00:00","status":403,"message":"user not found!"}"#
        try registry.turn(.text, text: Self.answer("403 Forbidden", body))
        let words = "HTTP 403: user not found!; this server wants a login, which this beatd can't do yet"
        let status = try agent.wait { $0.registry.state == "refusing" }
        #expect(status.registry.lastError == words)
        #expect(status["billing"]?.reason == "all probes alive; the last beat was refused: \(words)")
        #expect(status["billing"]?.lastBeat?.outcome == "denied")
        let table = try Command.beatd("status", "--socket", agent.socket).output
        #expect(table.contains("the last beat was refused: \(words)"))
        #expect(table.contains("registry http://\(registry.address): refusing, \(words)"))
        let one = try Command.beatd("status", "billing", "--socket", agent.socket).output
        #expect(one.contains("registry http://\(registry.address): refusing, \(words)"))
        try registry.more(4)
        #expect(agent.log.ranges(of: "Registry refused the last beat").count == 1)
        try registry.turn(.good)
        try agent.wait { $0.registry.state == "ok" && $0["billing"]?.reason == "all probes alive" }
    }

    @Test func `P9: reload --wait ends early where the registry knows what it refuses, and says it in its words`()
        throws
    {
        let registry = try OddRegistry(.text, text: Self.answer("400 ", "caused: Param 'weight' is illegal;"))
        // With this settle only the reload can be what made it read.
        let agent = try Agent(registry: registry.address, isStarted: false)
        try agent.configure(settle: "10s")
        try agent.start()
        try agent.wait { $0.ready }
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        let reload = try Command.beatd("reload", "--wait", "--socket", agent.socket)
        #expect(reload.code == 0)
        let words = "the registration was refused: HTTP 400: caused: Param 'weight' is illegal;"
        #expect(reload.output.contains("not up billing: registering, alive; \(words)"), "\(reload)")
    }
}
