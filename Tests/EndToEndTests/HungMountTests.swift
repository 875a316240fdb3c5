import Glibc
import Linux
import TestSupport
import Testing

/// A real mount that doesn't answer, as a dead NFS server's: nothing but what lies on it may feel it.
@Suite(.enabled(if: HungMount.isPossible, "\(HungMount.want)"))
struct HungMountTests {
    private let registry: Registry
    private let agent: Agent
    private let hung: HungMount
    private let billing: LegacyService
    private let orders: LegacyService

    init() throws {
        registry = try Registry()
        // An end that takes its whole time is longer than any of these tests waits for one.
        agent = try Agent(registry: registry.address, yaml: "stop-timeout: 60s", isStarted: false)
        hung = try HungMount()
        billing = try LegacyService(in: agent.folder, name: "billing")
        orders = try LegacyService(in: agent.folder, name: "orders")
    }

    private var silence: String { "no answer from the file system of \(hung.path) for " }

    /// Drops both services, and an instance whose pidfile lies on the mount.
    private func drop() throws {
        try agent.drop("billing", guarding: billing)
        try agent.drop("orders", guarding: orders)
        try agent.drop(
            """
            service: stuck
            port: 9100
            address: 127.0.0.1
            probes: [{ pidfile: { path: \(hung.path)/stuck.pid, interval: 500ms, timeout: 300ms } }]

            """, as: "stuck.yaml")
    }

    private func waitUntilStuck() throws {
        try agent.wait { $0["stuck"]?.reason.hasPrefix(silence) == true }
    }

    private func reload() throws -> Command {
        try Command.run(Surroundings.product("beatd"), ["reload", "--socket", agent.socket], limit: .seconds(30))
    }

    /// Ends it; gives how long that took, in milliseconds.
    private func ended() throws -> Int64 {
        let began = Clocks.boot()
        agent.process?.send(SIGTERM)
        #expect(try agent.process?.awaitEnding() == .exited(0))
        #expect(!Surroundings.exists(agent.socket))
        return (Clocks.boot() - began) / 1_000_000
    }

    /// The last line of the log names what keeps a thread.
    private func expectLastWords() throws {
        let last = try #require(agent.log.split(separator: "\n").last)
        #expect(last.contains("A thread still waits for the file system of \(hung.path); the kernel may keep"))
    }

    private func expectSteadyBeats(_ service: String, since mark: Int) throws {
        let beats = try registry.beats(service, 6, since: mark)
        let gaps = zip(beats.dropFirst(), beats).map { ($0.boot - $1.boot) / 1_000_000 }
        print("beats of \(service) apart, in ms: \(gaps)")
        // Whoever waited for the mount would wait for ever; the machine alone may make a gap.
        #expect(gaps.allSatisfy { $0 < 10_000 })
    }

    @Test func `a pidfile there holds up no beat, no death, no reload and not the end`() throws {
        try agent.start()
        try drop()
        try registry.beats("billing", 1)
        try registry.beats("orders", 1)
        try waitUntilStuck()
        try expectSteadyBeats("billing", since: registry.mark())
        let killed = try orders.kill()
        let goodbye = try registry.first(.deregister, "orders")
        print("death to deregistration: \((goodbye.boot - killed) / 1_000_000) ms")
        #expect(goodbye.boot - killed < 10_000_000_000)
        #expect(try reload().code == 0)
        #expect(try agent.status()["stuck"]?.phase == "waiting")
        print("SIGTERM to the end: \(try ended()) ms")
        try registry.first(.deregister, "billing")
        try expectLastWords()
    }

    @Test func `a descriptor folder there is told by reload and status, and beats go on`() throws {
        try agent.start()
        try drop()
        try registry.beats("billing", 1)
        try agent.configure(directory: hung.path)
        let began = Clocks.boot()
        let answer = try reload()
        print("reload with a folder that hangs: \((Clocks.boot() - began) / 1_000_000) ms; \(answer.error)")
        #expect(answer.code == 1)
        #expect(answer.error.contains("the folder \(hung.path) can't be read (\(silence)"))
        #expect(try agent.status().descriptorsProblem?.contains(silence) == true)
        try expectSteadyBeats("billing", since: registry.mark())
        print("SIGTERM to the end: \(try ended()) ms")
        try registry.first(.deregister, "billing")
        try expectLastWords()
    }

    @Test func `beatd.yaml there is told by reload, and the running one goes on`() throws {
        try agent.start()
        try drop()
        try registry.beats("billing", 1)
        let file = try HungMount(over: agent.configuration)
        let silence = "beatd.yaml: no answer from the file system of \(file.path) for "
        let answer = try reload()
        #expect(answer.code == 1)
        #expect(answer.error.contains(silence), "\(answer)")
        try expectSteadyBeats("billing", since: registry.mark())
        _ = try ended()
        for (word, code) in [("run", 78), ("check", 1)] {
            let start = try Command.beatd(word, "--config", agent.configuration)
            #expect(start.code == Int32(code))
            #expect(start.error.contains(silence), "\(start)")
        }
        file.release()
    }

    @Test func `check says what doesn't answer, and ends`() throws {
        try agent.configure(directory: hung.path)
        let folder = try Command.beatd("check", "--config", agent.configuration)
        #expect(folder.code == 1)
        #expect(folder.error.contains(silence), "\(folder)")
        let file = try Command.beatd("check", "--config", agent.configuration, "\(hung.path)/a.yaml")
        #expect(file.code == 1)
        #expect(file.error.contains(silence), "\(file)")
    }

    @Test func `a state directory there is done without, from the start to the end`() throws {
        try agent.folder.makeLink("state", to: hung.path)
        try agent.start()
        try drop()
        try agent.waitLog("State directory not in use; what was registered before is not known")
        try expectSteadyBeats("billing", since: 0)
        print("SIGTERM to the end: \(try ended()) ms")
        try registry.first(.deregister, "billing")
        try expectLastWords()
    }

    @Test func `a second signal ends it at once, whatever hangs`() throws {
        try agent.start()
        try drop()
        try registry.beats("billing", 1)
        try waitUntilStuck()
        registry.stop()
        agent.process?.send(SIGTERM)
        // Two that come at once are one signal.
        try agent.waitLog("Stopping")
        print("second SIGTERM to the end: \(try ended()) ms")
        #expect(agent.log.contains("Not deregistered; it lapses by itself"))
        registry.proceed()
        try expectLastWords()
    }

    @Test func `what not even SIGKILL ends holds neither lock nor socket, so that another beatd takes over`() throws {
        hung.greet()
        try agent.start()
        try drop()
        try registry.beats("billing", 1)
        // The request is with a server that says nothing: who waits for it can't be killed.
        hung.take()
        try waitUntilStuck()
        let first = try #require(agent.process)
        first.send(SIGTERM)
        try agent.waitLog("A thread still waits for")
        try expectLastWords()
        let mark = try registry.mark()
        try agent.start()
        try registry.first(.register, "billing", since: mark)
        #expect(!first.hasEnded)
        hung.release()
        #expect(try first.awaitEnding() == .exited(0))
        _ = try ended()
    }
}
