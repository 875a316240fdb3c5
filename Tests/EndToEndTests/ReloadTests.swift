import FoundationEssentials
import Glibc
import Linux
import TestSupport
import Testing

/// `beatd reload` and what stands behind it (contract 5 and 7.1).
@Suite struct ReloadTests {
    private let registry: Registry
    private let agent: Agent
    private let service: LegacyService

    init() throws {
        registry = try Registry()
        // With this settle only a reload can be what made it read.
        agent = try Agent(registry: registry.address, isStarted: false)
        try agent.configure(settle: "10s")
        service = try LegacyService(in: agent.folder, name: "billing")
    }

    /// Starts it, and waits until it has read the folder.
    private func start(environment: [String: String] = [:]) throws {
        try agent.start(environment: environment)
        try agent.wait { $0.ready }
    }

    private func reload(_ words: String...) throws -> Command {
        try Command.run(
            Surroundings.product("beatd"), ["reload", "--socket", agent.socket] + words, limit: .seconds(90))
    }

    @Test func `a reload applies at once what changed, prints it, and is 0`() throws {
        try start()
        try agent.drop("billing", guarding: service)
        let first = try reload()
        #expect(first.code == 0)
        #expect(first.output == "applied billing\n")
        #expect(first.error.isEmpty)
        try registry.beats("billing", 1)
        let second = try reload()
        #expect(second.code == 0)
        #expect(second.output == "nothing changed\n")
        agent.descriptors.remove(name: "billing.yaml")
        #expect(try reload().output == "applied billing\n")
        try registry.first(.deregister, "billing")
    }

    @Test func `P5: a new version that is refused is 1, the next reload says still refused and is 0`() throws {
        try agent.drop("billing", guarding: service)
        try start()
        try registry.beats("billing", 1)
        try agent.drop("service: billing\nprot: 1\n", as: "billing.yaml")
        try agent.drop(Agent.descriptor("other", guarding: service), as: "other.yaml")
        let first = try reload()
        #expect(first.code == 1)
        #expect(first.output == "applied other\n")
        #expect(first.error.hasPrefix("beatd: billing.yaml:2: unknown key 'prot'; did you mean 'port'?"), "\(first)")
        let second = try reload()
        #expect(second.code == 0)
        #expect(second.output.hasPrefix("still refused billing.yaml:2: unknown key 'prot'"), "\(second)")
        #expect(second.error.isEmpty)
        #expect(try agent.status()["billing"]?.phase == "up")
        try agent.drop("service: billing\nprot: 1\n", as: "billing.yaml")
        #expect(try reload().code == 1, "the same mistake in a new version")
        try agent.drop("billing", guarding: service, more: "weight: 2")
        let mended = try reload()
        #expect(mended.code == 0)
        #expect(mended.output == "applied billing\n")
    }

    @Test func `P5: the second file of one instance is refused by the reload that read it`() throws {
        try agent.drop("billing", guarding: service)
        try start()
        try agent.drop(Agent.descriptor("billing", guarding: service), as: "twin.yaml")
        let first = try reload()
        #expect(first.code == 1)
        #expect(first.error.hasPrefix("beatd: twin.yaml: describes the same instance as billing.yaml"), "\(first)")
        #expect(!first.output.contains("applied"))
        #expect(try reload().code == 0)
    }

    @Test func `P5: a broken beatd yaml is 1 each time, and what it said before goes on`() throws {
        try agent.drop("billing", guarding: service)
        try start()
        try registry.beats("billing", 1)
        let good = try TextFile.read(agent.configuration)
        try agent.folder.move(good + "registyr: { timeout: 2s }\n", to: "beatd.yaml")
        try agent.drop("billing", guarding: service, more: "weight: 3")
        for applied in ["applied billing\n", ""] {
            let broken = try reload()
            #expect(broken.code == 1)
            #expect(broken.output == applied)
            #expect(broken.error.hasPrefix("beatd: beatd.yaml:"), "\(broken)")
            #expect(broken.error.contains("did you mean 'registry'"), "\(broken)")
        }
        let status = try agent.status()
        #expect(status.refusal(of: "beatd.yaml")?.key == "registyr")
        #expect(status["billing"]?.phase == "up")
        try agent.folder.move(good, to: "beatd.yaml")
        #expect(try reload().code == 0)
        #expect(try agent.status().rejected.isEmpty)
    }

    @Test func `a missing beatd yaml that was named is 1, and changes nothing`() throws {
        try start()
        agent.folder.remove(name: "beatd.yaml")
        let missing = try reload()
        #expect(missing.code == 1)
        #expect(missing.error.contains("no such file"), "\(missing)")
        #expect(try agent.status().registry.server == "http://\(registry.address)")
    }

    @Test func `what only a restart changes is named, and is no refusal`() throws {
        try start()
        let text = try TextFile.read(agent.configuration)
        try agent.folder.move(text + "stop-timeout: 3s\nlog: { level: warning }\n", to: "beatd.yaml")
        let reload = try reload()
        #expect(reload.code == 0)
        #expect(reload.output == "needs a restart: log\nneeds a restart: stop-timeout\n")
    }

    @Test func `new defaults reach what is there, and an older refusal stays one`() throws {
        try agent.drop("billing", guarding: service)
        try agent.drop("service: broken\n", as: "broken.yaml")
        try start()
        try agent.wait { $0["billing"]?.phase == "up" && !$0.rejected.isEmpty }
        let text = try TextFile.read(agent.configuration)
        try agent.folder.move(text + "defaults: { weight: 5 }\n", to: "beatd.yaml")
        let mark = try registry.mark()
        let reload = try reload()
        #expect(reload.code == 0)
        #expect(reload.output.hasPrefix("applied billing\nstill refused broken.yaml"), "\(reload)")
        #expect(try registry.first(.register, "billing", since: mark).parameters["weight"] == "5.0")
    }

    // MARK: --wait

    @Test func `reload --wait returns when what changed is up`() throws {
        try start()
        try agent.drop("billing", guarding: service, more: "warm-up: 2s")
        let reload = try reload("--wait")
        #expect(reload.code == 0)
        #expect(reload.output == "applied billing\n")
        #expect(try agent.status()["billing"]?.phase == "up")
    }

    @Test func `reload --wait says of what does not come up why not, without waiting on`() throws {
        try start()
        try service.kill()
        try agent.drop("billing", guarding: service)
        let began = ContinuousClock.now
        let dead = try reload("--wait")
        #expect(ContinuousClock.now - began < .seconds(20))
        #expect(dead.code == 0, "nothing was refused")
        #expect(dead.output.hasPrefix("applied billing\nnot up billing: "), "\(dead)")
        #expect(dead.output.contains("no process") || dead.output.contains("refused"), "\(dead)")
        try registry.kill()
        try service.start()
        try agent.phase("registering", of: "billing")
        try agent.wait { $0.registry.lastError != nil }
        try agent.drop("billing", guarding: service, more: "weight: 2")
        let away = try reload("--wait")
        #expect(away.output.contains("not up billing: registering, "), "\(away)")
        #expect(away.output.contains("refused"), "\(away)")
    }

    // MARK: The control API

    @Test func `POST v1 reload answers by the contract, and refuses other words`() throws {
        try start()
        try agent.drop("billing", guarding: service)
        try agent.drop("service: broken\n", as: "broken.yaml")
        let answer = try Ask.socket(agent.socket, "/v1/reload?wait=60s", by: "POST")
        #expect(answer.status == 200)
        #expect(answer.body.hasPrefix(#"{"applied":["billing"],"refused":[{"file":"broken.yaml","line":"#))
        #expect(answer.body.hasSuffix(#""stillRefused":[],"unchangeable":[],"notUp":[]}"#), "\(answer)")
        let again = try Ask.socket(agent.socket, "/v1/reload", by: "POST")
        #expect(again.body.hasPrefix(#"{"applied":[],"refused":[],"stillRefused":[{"file":"broken.yaml""#))
        #expect(again.body.hasSuffix(#""unchangeable":[]}"#), "\(again)")
        #expect(try Ask.socket(agent.socket, "/v1/reload", by: "GET").status == 405)
        for wait in ["60", "", "soon", "2h"] {
            #expect(try Ask.socket(agent.socket, "/v1/reload?wait=\(wait)", by: "POST").status == 400, "\(wait)")
        }
    }

    @Test func `reloads at once all know what came before them`() throws {
        try start()
        try agent.drop("service: broken\n", as: "broken.yaml")
        let words = ["reload", "--socket", agent.socket]
        let all = try (0..<8).map { _ in try TestProcess(Surroundings.product("beatd"), words, error: .null) }
        let endings = try all.map { try $0.awaitEnding() }
        #expect(endings.contains(.exited(1)))
        #expect(endings.allSatisfy { $0 == .exited(0) || $0 == .exited(1) })
        #expect(try agent.status().refusal(of: "broken.yaml") != nil)
    }

    @Test func `commands that were killed while they waited take nobody's place`() throws {
        try start()
        try agent.drop("billing", guarding: service, more: "warm-up: 10m")
        let words = ["reload", "--wait", "--socket", agent.socket]
        for number in 0..<17 {
            let weight = "warm-up: 10m\nweight: \(number + 1)"
            try agent.drop("billing", guarding: service, more: weight)
            let waiting = try TestProcess(Surroundings.product("beatd"), words)
            try eventually { agent.log.split(separator: "\n").count { $0.contains("Reloaded") } == number + 1 }
            waiting.kill()
            try waiting.awaitEnding()
        }
        #expect(try reload().code == 0)
    }

    @Test func `a reload during a stop is 69 with that sentence, also for who waits already`() throws {
        try agent.drop("billing", guarding: service)
        try start()
        try registry.beats("billing", 1)
        try agent.drop("late", guarding: service, more: "warm-up: 10m")
        let words = ["reload", "--wait", "--socket", agent.socket]
        let waiting = try TestProcess(
            Surroundings.product("beatd"), words, error: .file(agent.folder.path("waiting")))
        try agent.wait { $0["late"]?.reason.contains("warm-up") == true }
        registry.stop()
        agent.process?.send(SIGTERM)
        try agent.waitLog("Stopping; saying goodbye")
        let late = try reload()
        #expect(late.code == 69)
        #expect(late.error.contains("beatd stops"), "\(late)")
        #expect(try waiting.awaitEnding() == .exited(69))
        #expect(try TextFile.read(agent.folder.path("waiting")).contains("beatd stops"))
        registry.proceed()
        #expect(try agent.process?.awaitEnding() == .exited(0))
    }

    @Test func `a reload by command is told to systemd from its beginning to its end`() throws {
        let systemd = try NotifySocket()
        try start(environment: ["NOTIFY_SOCKET": systemd.path])
        try systemd.wait(for: "READY=1")
        #expect(try reload().code == 0)
        systemd.receive()
        let words = systemd.lines.filter { !$0.hasPrefix("STATUS=") }
        #expect(words.map { String($0.split(separator: "=")[0]) } == ["READY", "RELOADING", "MONOTONIC_USEC", "READY"])
    }

    @Test func `the socket's variable is obeyed, and --socket wins over it`() throws {
        try start()
        let beatd = Surroundings.product("beatd")
        let here = ["BEATD_CONTROL_SOCKET": agent.socket]
        #expect(try TestProcess(beatd, ["reload"], environment: here).awaitEnding() == .exited(0))
        let nowhere = ["BEATD_CONTROL_SOCKET": agent.folder.path("nowhere")]
        let words = ["reload", "--socket", agent.socket]
        #expect(try TestProcess(beatd, words, environment: nowhere).awaitEnding() == .exited(0))
        #expect(try TestProcess(beatd, ["reload"], environment: nowhere, error: .null).awaitEnding() == .exited(69))
    }

    @Test func `without a daemon a reload is 69`() throws {
        let reload = try reload()
        #expect(reload.code == 69)
        #expect(reload.error.contains("beatd is not running"), "\(reload)")
    }
}
