import Glibc
import Linux
import TestSupport
import Testing

/// What an end and a new start of beatd mean to the registry.
@Suite struct RestartTests {
    private let registry: Registry
    private let agent: Agent
    private let live: LegacyService
    private let dying: LegacyService

    init() throws {
        registry = try Registry()
        // An end that takes its whole time is longer than any of these tests waits for one.
        agent = try Agent(registry: registry.address, yaml: "stop-timeout: 60s")
        live = try LegacyService(in: agent.folder, name: "live")
        dying = try LegacyService(in: agent.folder, name: "dying")
        try agent.drop("live", guarding: live)
        try agent.drop("dying", guarding: dying)
        try registry.beats("live", 1)
        try registry.beats("dying", 1)
    }

    /// Waits until a restart would know what is registered.
    private func waitUntilSaved() throws {
        try eventually {
            let lines = try TextFile.read(agent.state + "/state").split(separator: "\n")
            return ["live", "dying"].allSatisfy { name in lines.contains { $0.hasPrefix("lease \(name) ") } }
        }
    }

    @Test func `P7: after a crash live instances beat on as if nothing was, and dead ones are deregistered`() throws {
        try waitUntilSaved()
        try agent.kill()
        let mark = try registry.mark()
        try dying.kill()
        try agent.start()
        try registry.beats("live", 3, since: mark)
        try registry.first(.deregister, "dying", since: mark)
        #expect(try registry.requests("live", since: mark).allSatisfy(\.isBeat))
        #expect(try registry.requests("dying", since: mark).allSatisfy { $0.kind == .deregister })
        #expect(try agent.status()["dying"]?.phase != "up")
        #expect(try agent.phase("up", of: "live").process?.pid == live.pid)
    }

    @Test func `P7: a file that was removed while beatd was away is deregistered at its start`() throws {
        try waitUntilSaved()
        try agent.kill()
        let mark = try registry.mark()
        agent.descriptors.remove(name: "dying.yaml")
        try agent.start()
        try registry.first(.deregister, "dying", since: mark)
        try registry.beats("live", 2, since: mark)
        #expect(try registry.requests("live", since: mark).allSatisfy(\.isBeat))
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `A10: a signal to end deregisters everything and exits 0`(signal: Int32) throws {
        let mark = try registry.mark()
        #expect(try agent.end(by: signal) == .exited(0))
        let goodbyes = try registry.requests(since: mark).filter { $0.kind == .deregister }
        #expect(Set(goodbyes.compactMap(\.service)) == ["live", "dying"])
        #expect(try registry.requests().last?.kind == .deregister)
        #expect(!Surroundings.exists(agent.socket))
        #expect(agent.log.contains("Stopping; saying goodbye"))
    }

    @Test func `a second SIGTERM ends it within a second and names what was not deregistered`() throws {
        let time = try Attempts.shortest(below: .seconds(1)) { number in
            if number > 0 {
                let mark = try registry.mark()
                try agent.start()
                for name in ["live", "dying"] { try registry.beats(name, 1, since: mark) }
            }
            registry.stop()
            agent.process?.send(SIGTERM)
            try agent.waitLog("Stopping; saying goodbye")
            #expect(agent.process?.hasEnded == false)
            let began = ContinuousClock.now
            #expect(try agent.end(by: SIGTERM) == .exited(0))
            defer { registry.proceed() }
            for name in ["live", "dying"] {
                #expect(
                    agent.log.contains(#""message":"Not deregistered; it lapses by itself","instance":"\#(name)""#))
            }
            return ContinuousClock.now - began
        }
        #expect(time < .seconds(1))
    }

    @Test func `a damaged state file is named and stops nothing`() throws {
        try waitUntilSaved()
        try agent.kill()
        try agent.folder.write("rubbish", to: "state/state")
        let mark = try registry.mark()
        try agent.start()
        try agent.waitLog("State not read")
        try registry.beats("live", 1, since: mark)
        try registry.beats("dying", 1, since: mark)
        // Unknown to it now, but the same entry: said again, never taken out.
        #expect(try registry.requests(since: mark).allSatisfy { $0.kind != .deregister })
    }
}
