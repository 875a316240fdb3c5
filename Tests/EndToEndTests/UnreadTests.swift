import Glibc
import Linux
import TestSupport
import Testing

/// Whoever should read what beatd says, and doesn't: nothing waits for them.
@Suite struct UnreadTests {
    private let registry: Registry
    private let agent: Agent

    init() throws {
        registry = try Registry()
        // An end that takes its whole time is longer than any of these tests waits for one.
        agent = try Agent(registry: registry.address, yaml: "stop-timeout: 60s", isStarted: false)
    }

    private static let mayMount = (try? Command.run("/usr/bin/unshare", ["-m", "true"]))?.code == 0

    private var withUnreadJournal: [String] {
        let script = Surroundings.root + "/Tests/EndToEndTests/Harness/unread-journal.pl"
        return ["/usr/bin/unshare", "-m", "/usr/bin/perl", script, agent.folder.path]
    }

    @Test(.enabled(if: mayMount, "needs root that may mount: the journal has one path"))
    func `a journal that doesn't read holds nothing up, and has every record when it reads again`() throws {
        let service = try LegacyService(in: agent.folder, name: "billing")
        let other = try LegacyService(in: agent.folder, name: "other")
        try agent.drop("billing", guarding: service)
        try agent.drop("other", guarding: other)
        try agent.start(runner: withUnreadJournal)
        // More records than a journal's socket takes (unix(7), max_dgram_qlen).
        for number in 100..<200 { try agent.drop("prot: 1\n", as: "bad-\(number).yaml") }
        try agent.wait { $0.rejected.count == 100 && $0["billing"]?.phase == "up" && $0["other"]?.phase == "up" }
        try service.kill()
        try agent.phase("down", of: "billing")
        try registry.beats("other", 2)
        try agent.folder.write("", to: "read")
        let journal = agent.folder.path("journal")
        try eventually { try TextFile.read(journal).contains("BEATD_PHASE=down\n") }
        let text = try TextFile.read(journal)
        for number in 100..<200 { #expect(text.contains("BEATD_FILE=bad-\(number).yaml\n"), "\(number)") }
        #expect(text.contains("SYSLOG_IDENTIFIER=beatd\nBEATD_INSTANCE=billing\n"))
    }

    @Test(.enabled(if: mayMount, "needs root that may mount: the journal has one path"))
    func `with a journal that never reads SIGTERM says every goodbye, and ends it with 0`() throws {
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.start(runner: withUnreadJournal)
        for number in 100..<130 { try agent.drop("prot: 1\n", as: "bad-\(number).yaml") }
        try agent.wait { $0.rejected.count == 30 && $0["billing"]?.phase == "up" }
        #expect(try agent.end(by: SIGTERM) == .exited(0))
        #expect(try registry.requests("billing").last?.kind == .deregister)
    }

    @Test func `a manager that doesn't read holds nothing up, and hears READY when it reads again`() throws {
        let systemd = try NotifySocket()
        let datagrams = try Datagrams()
        while (try? datagrams.send(Array("STATUS=old".utf8), to: systemd.path, isWaiting: false)) != nil {}
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.start(environment: ["NOTIFY_SOCKET": systemd.path])
        try agent.phase("up", of: "billing")
        #expect(try agent.status().ready)
        try systemd.wait(for: "READY=1")
        try systemd.wait(for: "STATUS=1 up, registry ok")
        let ready = systemd.lines.firstIndex(of: "READY=1")
        let status = systemd.lines.firstIndex(of: "STATUS=1 up, registry ok")
        #expect(ready.flatMap { ready in status.map { ready < $0 } } == true)
        #expect(systemd.lines.count { $0 == "READY=1" } == 1)
    }

    @Test func `a manager that never reads is no reason to stay`() throws {
        let systemd = try NotifySocket()
        let datagrams = try Datagrams()
        while (try? datagrams.send(Array("STATUS=old".utf8), to: systemd.path, isWaiting: false)) != nil {}
        try agent.start(environment: ["NOTIFY_SOCKET": systemd.path])
        #expect(try agent.end(by: SIGTERM) == .exited(0))
    }

    @Test func `a beatd that can't start ends, also where nobody reads why`() throws {
        try agent.start()
        let ends = try Files.pipe()
        let reading = Descriptor(taking: ends.reading)
        let writing = Descriptor(taking: ends.writing)
        // As much as a pipe takes (pipe(7)).
        try Files.writeAll([UInt8](repeating: 0x78, count: 65_536), to: writing)
        let second = try TestProcess(
            Surroundings.product("beatd"), ["run", "--config", agent.configuration], error: .descriptor(writing.number))
        #expect(try second.awaitEnding() == .exited(75))
        #expect(reading.number >= 0)
    }

    @Test(.enabled(if: mayMount, "needs root that may mount: the journal has one path"))
    func `a journal that is being restarted gets the records when it is back`() throws {
        try agent.start(runner: withUnreadJournal)
        try agent.folder.write("", to: "restart")
        try eventually { Surroundings.exists(agent.folder.path("restarting")) }
        try agent.drop("prot: 1\n", as: "bad.yaml")
        try agent.wait { $0.rejected.count == 1 }
        try agent.folder.write("", to: "read")
        try eventually { try TextFile.read(agent.folder.path("journal")).contains("BEATD_FILE=bad.yaml\n") }
        #expect(try agent.end(by: SIGTERM) == .exited(0))
    }

    @Test func `standard error that nobody reads holds nothing up`() throws {
        let ends = try Files.pipe()
        let reading = Descriptor(taking: ends.reading)
        let writing = Descriptor(taking: ends.writing)
        let hung = ["/bin/sh", "-c", "exec \"$@\" 2>/proc/\(Accounts.pid)/fd/\(writing.number)", "sh"]
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.start(runner: hung)
        // More text than a pipe takes.
        let long = String(repeating: "x", count: 100)
        for number in 0..<600 { try agent.drop("prot: 1\n", as: "\(long)\(number).yaml") }
        try agent.wait { $0.rejected.count == 600 && $0["billing"]?.phase == "up" }
        #expect(try agent.end(by: SIGTERM) == .exited(0))
        #expect(try registry.requests("billing").last?.kind == .deregister)
        #expect(reading.number >= 0)
    }
}
