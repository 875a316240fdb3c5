import Glibc
import Linux
import TestSupport
import Testing

/// P4: a stranger is not the service; what stands in a pidfile proves nothing by itself.
@Suite struct PidfileTests {
    private let registry: Registry
    private let agent: Agent

    init() throws {
        registry = try Registry()
        agent = try Agent(registry: registry.address)
    }

    private func pidfile(_ name: String) -> String { agent.folder.path("\(name).pid") }

    private func drop(_ name: String, executable: String? = nil, fall: Int = 3, more: String = "") throws {
        let named = executable.map { ", executable: \($0)" } ?? ""
        try agent.drop(
            """
            service: \(name)
            port: 9
            address: 127.0.0.1
            beat: { interval: 500ms, timeout: 3s, delete-after: 6s }
            probes: [{ pidfile: { path: \(pidfile(name)), interval: 200ms, fall: \(fall)\(named) } }]
            \(more)

            """, as: "\(name).yaml")
    }

    /// Each bad pidfile by the service's name, with what the reason must say.
    private let sentences: [String: String] = [
        "missing": "no such file", "empty": "the file is empty", "garbage": "does not hold the number of a process",
        "negative": "does not hold the number of a process", "long": "does not hold the number of a process",
        "dead": "no process", "fifo": "not a regular file", "init": "is the init process",
        "agent": "is beatd itself", "stale": "started after the file was written", "zombie": "has ended",
        "wrong": "not /usr/bin/nothing",
    ]

    /// A process that has ended but that nobody has waited for.
    private func zombie() throws -> (parent: TestProcess, pid: String) {
        let parent = try TestProcess(
            perl: "$|=1; if ($p = fork) { print qq($p\\n); sleep 3600 } else { exit 0 }")
        return (parent, try parent.line())
    }

    @Test func `P4: no pidfile that names nobody or a stranger gets anything registered, and each says why`() throws {
        let stranger = try TestProcess.idle()
        let gone = try TestProcess.idle()
        gone.kill()
        try gone.awaitEnding()
        let (parent, dead) = try zombie()
        let contents = [
            "empty": "", "garbage": "pid=12\u{7}", "negative": "-1\n", "long": String(repeating: "1", count: 200_000),
            "dead": "\(gone.pid)\n", "init": "1\n", "agent": "\(agent.process?.pid ?? 0)\n",
            "stale": "\(stranger.pid)\n", "zombie": "\(dead)\n", "wrong": "\(stranger.pid)\n",
        ]
        for (name, text) in contents { try agent.folder.write(text, to: "\(name).pid") }
        try agent.folder.makeFIFO("fifo.pid")
        #expect(try Command.run("/usr/bin/touch", ["-d", "1 hour ago", pidfile("stale")]).code == 0)
        for name in sentences.keys { try drop(name, executable: name == "wrong" ? "/usr/bin/nothing" : nil) }
        let status = try agent.wait { status in
            status.instances.count == sentences.count
                && status.instances.allSatisfy {
                    ["waiting", "down"].contains($0.phase) && $0.probes.first?.outcome != nil
                }
        }
        for (name, sentence) in sentences {
            let probe = try #require(status[name]?.probes.first)
            #expect(probe.reason?.contains(sentence) == true, "\(name): \(probe)")
            #expect(probe.reason?.contains(pidfile(name)) == true, "\(name): \(probe)")
            let failing = ["garbage", "negative", "long", "fifo"]
            #expect(probe.outcome == (failing.contains(name) ? "failing" : "gone"), "\(name): \(probe)")
            #expect(probe.reason?.contains("pid=12") == false, "P10: contents are not shown")
        }
        #expect(try registry.requests().isEmpty)
        withExtendedLifetime((stranger, parent)) {}
    }

    @Test func `P4: a pidfile that turns bad under a live service stops its beats, and mending it brings it back`()
        throws
    {
        let process = try TestProcess.idle()
        try agent.folder.write("\(process.pid)\n", to: "billing.pid")
        try drop("billing")
        try registry.beats("billing", 1)
        try agent.folder.write("nonsense\n", to: "billing.pid")
        let goodbye = try registry.first(.deregister, "billing")
        #expect(try agent.status()["billing"]?.reason.contains("does not hold the number of a process") == true)
        try agent.folder.write("\(process.pid)\n", to: "billing.pid")
        try registry.first(.register, "billing", since: goodbye.request)
        try agent.phase("up", of: "billing")
        // A restart of the service: another process, and the file written for it.
        let mark = try registry.mark()
        let next = try TestProcess.idle()
        try agent.folder.move("\(next.pid)\n", to: "billing.pid")
        process.kill()
        try process.awaitEnding()
        try agent.wait { $0["billing"]?.phase == "up" && $0["billing"]?.process?.pid == next.pid }
        try registry.beats("billing", 1, since: mark)
    }

    @Test func `P4: a pidfile left behind under a stranger's number is gone at once`() throws {
        let process = try TestProcess.idle()
        let stranger = try TestProcess.idle()
        try agent.folder.write("\(process.pid)\n", to: "billing.pid")
        try drop("billing", fall: 100)
        try registry.beats("billing", 1)
        let written = Clocks.boot()
        // The file is older than the process it names now: as after a reuse of the number.
        try agent.folder.write("\(stranger.pid)\n", to: ".billing.pid")
        #expect(try Command.run("/usr/bin/touch", ["-d", "1 hour ago", agent.folder.path(".billing.pid")]).code == 0)
        try agent.folder.rename(".billing.pid", to: "billing.pid")
        let goodbye = try registry.first(.deregister, "billing")
        // One interval of the probe, not `fall` of them.
        #expect(goodbye.boot - written < 15_000_000_000)
        #expect(try agent.phase("down", of: "billing").reason.contains("started after the file was written"))
        withExtendedLifetime((process, stranger)) {}
    }
}
