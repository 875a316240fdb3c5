import FoundationEssentials
import Glibc
import Linux
import TestSupport
import Testing

/// P9: what the running daemon says to people, to scripts and to systemd.
@Suite struct StatusTests {
    private let registry: Registry
    private let agent: Agent

    init() throws {
        registry = try Registry()
        agent = try Agent(registry: registry.address)
    }

    @Test func `P9: status shows a table and exits 0 while all are up, and 1 when one is not`() throws {
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.wait { $0["billing"]?.lastBeat != nil }
        let table = try Command.beatd("status", "--socket", agent.socket)
        #expect(table.code == 0)
        #expect(table.output.contains("billing"))
        #expect(table.output.contains("up"))
        #expect(!table.output.contains("\u{1B}"), "no colour where it is piped")
        let json = try Command.beatd("status", "--json", "--socket", agent.socket)
        #expect(json.code == 0)
        let status = try JSONDecoder().decode(Status.self, from: Data(json.output.utf8))
        #expect(status.pid == agent.process?.pid)
        #expect(status.ready)
        #expect(status.registry.api == "v1")
        #expect(status.registry.server == "http://\(registry.address)")
        #expect(status["billing"]?.reason == "all probes alive")
        let next = try #require(status["billing"]?.nextBeatIn)
        #expect(next < 0.6)
        let pid = service.pid
        try service.kill()
        try agent.phase("down", of: "billing")
        let after = try Command.beatd("status", "--socket", agent.socket)
        #expect(after.code == 1)
        #expect(after.output.contains("\(pid)") || after.output.contains("refused"), "\(after)")
    }

    @Test func `P9: status NAME shows one in detail, and only that one decides the exit code`() throws {
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.drop("service: broken\n", as: "broken.yaml")
        try agent.wait { $0["billing"]?.lastBeat != nil && !$0.rejected.isEmpty }
        #expect(try Command.beatd("status", "--socket", agent.socket).code == 1)
        let one = try Command.beatd("status", "billing", "--socket", agent.socket)
        #expect(one.code == 0)
        #expect(one.output.hasPrefix("billing: up, all probes alive\n"), "\(one)")
        let facts = [":\(service.port)", "\(service.pid), started ", service.pidfile, "last accepted", "next in"]
        for fact in facts { #expect(one.output.contains(fact), "\(fact) in \(one)") }
        let json = try Command.beatd("status", "billing", "--json", "--socket", agent.socket)
        #expect(json.code == 0)
        let instance = try JSONDecoder().decode(Status.Instance.self, from: Data(json.output.utf8))
        #expect(instance.process?.pid == service.pid)
        for words in [["b*"], ["billing", "broken"], ["broken", "b[a-k]*"]] {
            let two = try Command.run(
                Surroundings.product("beatd"), ["status", "--socket", agent.socket] + words)
            #expect(two.code == 1, "\(two)")
            #expect(
                two.output.split(separator: "\n").map { $0.prefix(8) }.prefix(3) == [
                    "NAME    ", "billing ", "broken  ",
                ])
        }
        let well = try Command.beatd("status", "--socket", agent.socket, "bi*")
        #expect(well.code == 0, "\(well)")
        let half = try Command.beatd("status", "--socket", agent.socket, "billing", "zz*")
        #expect(half.code == 66)
        #expect(half.error == "beatd: no instance is called 'zz*'; see 'beatd status'\n")
        #expect(half.output.contains("\nbilling "))
        let pattern = try Command.beatd("status", "--json", "--socket", agent.socket, "bi*")
        #expect(
            try JSONDecoder().decode(Status.self, from: Data(pattern.output.utf8)).instances.map(\.name) == ["billing"])
        let broken = try Command.beatd("status", "--socket", agent.socket, "broken")
        #expect(broken.code == 1)
        #expect(broken.output.hasPrefix("broken: rejected, "), "\(broken)")
        for name in ["nobody", "no/body", "no body", String(repeating: "n", count: 20_000)] {
            let missing = try Command.beatd("status", name, "--socket", agent.socket)
            #expect(missing.code == 66)
            #expect(missing.output.isEmpty)
            #expect(missing.error.hasPrefix("beatd: no instance "), "\(missing)")
        }
    }

    @Test func `a status of many instances comes whole, also while clients that read nothing hold their answers`()
        throws
    {
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        for number in 0..<400 {
            let text = "service: s\nport: 1\ngroup: \"\(number)\"\nprobes: [{ tcp: { port: 1, interval: 1h } }]\n"
            try agent.descriptors.write(text, to: "many-\(number).yaml")
        }
        try agent.wait { $0.instances.count == 401 && $0["billing"]?.lastBeat != nil }
        let idle = try (0..<8).map { _ in
            let peer = ScriptedPeer(try Sockets.connect(toUnix: agent.socket, wait: .seconds(5)))
            peer.say(String(repeating: "GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n", count: 20))
            return peer
        }
        let mark = try registry.mark()
        let json = try Command.beatd("status", "--json", "--socket", agent.socket)
        #expect(json.code == 1)
        let status = try JSONDecoder().decode(Status.self, from: Data(json.output.utf8))
        #expect(status.instances.count == 401)
        #expect(status.instances.map(\.name) == status.instances.map(\.name).sorted())
        try registry.beats("billing", 2, since: mark)
        withExtendedLifetime(idle) {}
    }

    @Test func `the control socket answers by its own rules`() throws {
        #expect(try Ask.socket(agent.socket, "/v1/version").body.contains("\"pid\":\(agent.process?.pid ?? 0)"))
        #expect(try Ask.socket(agent.socket, "/v1/instances/nobody").status == 404)
        #expect(try Ask.socket(agent.socket, "/v2/status").status == 404)
        #expect(try Ask.socket(agent.socket, "/v1/status", by: "POST").status == 405)
        #expect(try Ask.socket(agent.socket, "/v1/status", by: "HEAD").body.isEmpty)
        #expect(try Files.status(at: agent.socket).mode & 0o777 == 0o660)
    }

    @Test(.enabled(if: Surroundings.isRoot, "as root only: it asks as nobody"))
    func `another user may not ask: 77`() throws {
        try Files.setMode(0o755, of: agent.folder.path)
        try agent.openToNobody()
        let words = Array(Agent.nobody.dropFirst()) + [agent.folder.path("beatd"), "status", "--socket", agent.socket]
        let closed = try Command.run(Agent.nobody[0], words)
        #expect(closed.code == 77)
        #expect(closed.error.contains("not permitted"))
        // Also where the file's mode would let them in: the daemon looks at who asks.
        try Files.setMode(0o666, of: agent.socket)
        let open = try Command.run(Agent.nobody[0], words)
        #expect(open.code == 77)
        #expect(open.output.isEmpty)
    }

    @Test func `log lines are JSON where standard error is a pipe, and text where that was asked for`() throws {
        try agent.kill()
        let line = "exec \"$0\" run --config \"$1\" 2>&1"
        let process = try TestProcess(
            "/bin/sh", ["-c", line, Surroundings.product("beatd"), agent.configuration])
        let first = try process.line(1)
        struct Line: Decodable {
            var at: String
            var level: String
            var message: String
        }
        let decoded = try JSONDecoder().decode(Line.self, from: Data(first.utf8))
        #expect(decoded.message == "Ready")
        #expect(decoded.level == "info")
        #expect(decoded.at.hasSuffix("Z"))
        process.terminate()
        #expect(try process.awaitEnding() == .exited(0))
        for line in process.printed.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONDecoder().decode(Line.self, from: Data(line.utf8)) }
        }
        let text = try TestProcess(
            "/bin/sh", ["-c", line + " --set log.format=text", Surroundings.product("beatd"), agent.configuration])
        #expect(try text.line(1).contains("Ready"))
        #expect(try !text.line(1).hasPrefix("{"))
    }

    @Test func `P8: an instance that stays as it is makes no log lines`() throws {
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.wait { ($0["billing"]?.beats ?? 0) >= 2 && agent.log.contains("Registry accepts") }
        var before = agent.log
        var beats = try agent.status()["billing"]?.beats ?? 0
        // An answer that a busy machine holds up is told: then four beats from there.
        let after = try agent.wait(limit: .seconds(60)) { status in
            let now = status["billing"]?.beats ?? 0
            if agent.log != before { (before, beats) = (agent.log, now) }
            return now >= beats + 4
        }
        #expect(after["billing"]?.phase == "up")
    }
}
