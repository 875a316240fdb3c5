import Glibc
import Linux
import TestSupport
import Testing

/// What keeps a beatd from starting, and what doesn't.
@Suite struct StartTests {
    private let agent: Agent

    init() throws { agent = try Agent(registry: "127.0.0.1:1", isStarted: false) }

    /// Runs it until it ends by itself; its one line on standard error, and its code.
    private func refusal(_ options: String...) throws -> Command {
        try Command.run(
            Surroundings.product("beatd"),
            ["run", "--config", agent.configuration, "--set", "log.level=error"] + options)
    }

    private func pid() -> Int32 { agent.process?.pid ?? -1 }

    @Test func `two daemons on one state directory: the second is 75 and names the first, which goes on`() throws {
        try agent.start()
        let second = try refusal("--set", "control-socket=\(agent.folder.path("other.sock"))")
        #expect(second.code == 75)
        #expect(second.error.contains("PID \(pid())"), "\(second)")
        #expect(second.error.contains(agent.state))
        #expect(try agent.status().pid == pid())
    }

    @Test func `two daemons on one socket: the second is 75 and names the first, which goes on`() throws {
        try agent.start()
        let second = try refusal("--set", "state-directory=\(agent.folder.path("other"))")
        #expect(second.code == 75)
        #expect(second.error.contains("PID \(pid())"), "\(second)")
        #expect(second.error.contains(agent.socket))
        #expect(try agent.status().pid == pid())
    }

    @Test func `a socket and a lock left behind by a killed beatd are replaced`() throws {
        try agent.start()
        try agent.kill()
        #expect(Surroundings.exists(agent.socket))
        let status = try Command.beatd("status", "--socket", agent.socket)
        #expect(status.code == 69)
        try agent.start()
        #expect(try agent.status().pid == pid())
    }

    @Test func `a socket path that is too long is 78 and says how long it may be`() throws {
        let refusal = try refusal("--set", "control-socket=/tmp/" + String(repeating: "x", count: 110))
        #expect(refusal.code == 78)
        #expect(refusal.error.contains("control-socket"))
        #expect(refusal.error.contains("107"), "\(refusal)")
    }

    @Test func `a socket path that is a file is 78, and the file stays`() throws {
        try agent.folder.write("precious", to: "control.sock")
        let refusal = try refusal()
        #expect(refusal.code == 78)
        #expect(refusal.error.contains("no socket is in the way"), "\(refusal)")
        #expect(try TextFile.read(agent.socket) == "precious")
    }

    @Test func `copies of good files that can't be kept are named, and stop nothing`() throws {
        try agent.folder.makeFolder("state")
        try agent.folder.write("", to: "state/last-good")
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.start()
        try agent.waitLog("copies of good files can't be kept")
        #expect(try agent.phase("registering", of: "billing").process?.pid == service.pid)
    }

    @Test func `a reload with a broken beatd yaml keeps the running one and names the place`() throws {
        try agent.start()
        try agent.folder.write("registry: { servers: [127.0.0.1:1], tiemout: 1s }\n", to: "beatd.yaml")
        agent.process?.send(SIGHUP)
        try agent.waitLog("Configuration refused")
        #expect(agent.log.contains("tiemout"))
        #expect(try agent.status().registry.server == "http://127.0.0.1:1")
    }

    @Test func `a reload takes another registry, and names what only a restart changes`() throws {
        let registry = try Registry()
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.start()
        try agent.phase("registering", of: "billing")
        let text = try TextFile.read(agent.configuration)
        let changed =
            text.replacingServer("127.0.0.1:1", by: registry.address)
            + "stop-timeout: 3s\n"
        try agent.folder.move(changed, to: "beatd.yaml")
        agent.process?.send(SIGHUP)
        try registry.beats("billing", 1)
        try agent.waitLog("stop-timeout")
        try agent.phase("up", of: "billing")
        #expect(try agent.status().registry.server == "http://\(registry.address)")
        #expect(try registry.requests("billing").first?.kind == .register)
    }
}

extension String {
    /// `[old]` becomes `[new]`.
    fileprivate func replacingServer(_ old: String, by new: String) -> String {
        split(separator: "[\(old)]", omittingEmptySubsequences: false).joined(separator: "[\(new)]")
    }
}
