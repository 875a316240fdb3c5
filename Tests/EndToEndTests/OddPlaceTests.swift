import Glibc
import Linux
import TestSupport
import Testing

/// Where beatd is started without what a program usually finds.
@Suite struct OddPlaceTests {
    private let registry: Registry
    private let agent: Agent
    private let service: LegacyService

    init() throws {
        registry = try Registry()
        agent = try Agent(registry: registry.address, yaml: "stop-timeout: 2s", isStarted: false)
        service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
    }

    private static let mayMount = (try? Command.run("/usr/bin/unshare", ["-m", "true"]))?.code == 0

    /// Runs the line before beatd, in a mount namespace of its own.
    private func mounting(_ line: String) -> [String] {
        ["/usr/bin/unshare", "-m", "/bin/sh", "-ec", "mount --make-rprivate /; \(line); exec \"$@\"", "sh"]
    }

    private func attention(_ words: String) throws -> String {
        let status = try agent.wait { $0.attention.contains { $0.contains(words) } }
        return status.attention.first { $0.contains(words) } ?? ""
    }

    @Test func `closed standard descriptors are /dev/null: nothing is written where it doesn't belong`() throws {
        try agent.start(runner: ["/bin/sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh"])
        try agent.phase("up", of: "billing")
        let pid = try agent.status().pid
        for number in 0...2 {
            #expect(try Command.run("/bin/readlink", ["/proc/\(pid)/fd/\(number)"]).output == "/dev/null\n")
        }
        #expect(try TextFile.read(agent.state + "/lock") == "\(pid)\n")
    }

    @Test func `a state directory that can't be made stops nothing, and status says what a restart wouldn't know`()
        throws
    {
        try agent.folder.write("", to: "state")
        try agent.start()
        try agent.phase("up", of: "billing")
        #expect(try attention("a restart would not know what is registered").contains("Not a directory"))
        let table = try Command.beatd("status", "--socket", agent.socket)
        #expect(table.code == 0)
        #expect(table.output.contains("attention: a restart would not know what is registered"), "\(table)")
        #expect(try agent.end(by: SIGTERM) == .exited(0))
        #expect(try registry.requests("billing").last?.kind == .deregister)
    }

    @Test(.enabled(if: mayMount, "needs root that may mount: the state directory is read-only"))
    func `a read-only state directory stops nothing, and its lock still keeps a second beatd out`() throws {
        try agent.start()
        try agent.phase("up", of: "billing")
        #expect(try agent.end(by: SIGTERM) == .exited(0))
        try agent.start(
            runner: mounting("mount --bind \(agent.state) \(agent.state); mount -o remount,bind,ro \(agent.state)"))
        try agent.phase("up", of: "billing")
        _ = try attention("Read-only file system")
        let second = try Command.beatd(
            "run", "--config", agent.configuration, "--set", "log.level=error", "--set",
            "control-socket=\(agent.folder.path("other.sock"))")
        #expect(second.code == 75, "\(second)")
    }

    @Test(.enabled(if: mayMount, "needs root that may mount: the state directory is full"))
    func `a full state directory stops nothing, and status names the versions that it can't keep`() throws {
        try agent.folder.makeFolder("state")
        let state = agent.state
        try agent.start(
            runner: mounting(
                "mount -t tmpfs -o size=32k none \(state); mkdir \(state)/last-good;"
                    + " echo old > \(state)/last-good/billing.yaml; cat /dev/zero > \(state)/zero 2>/dev/null || true"))
        try agent.phase("up", of: "billing")
        _ = try attention("a restart would not know what is registered")
        let copies = try attention("copies of good files")
        #expect(copies.contains("a restart would know only an older version of billing.yaml"), "\(copies)")
    }

    /// Runs beatd where there is a group beatd-admin, 64998.
    private func withAdmins() throws -> [String] {
        let groups = try agent.folder.write(try TextFile.read("/etc/group") + "beatd-admin:x:64998:\n", to: "group")
        return mounting("mount --bind \(groups) /etc/group")
    }

    @Test(.enabled(if: mayMount, "needs root that may mount: it makes a group that nobody else sees"))
    func `the control socket belongs to beatd-admin, and its members may ask`() throws {
        try agent.openToNobody()
        try agent.start(runner: withAdmins())
        try eventually { try Files.status(at: agent.socket).group == 64_998 }
        func asking(_ groups: String...) throws -> Int32 {
            let words = ["--reuid", "64997", "--regid", "64997"] + groups
            return try Command.run(
                "/usr/bin/setpriv", words + ["--", agent.folder.path("beatd"), "status", "--socket", agent.socket]
            ).code
        }
        try agent.phase("up", of: "billing")
        #expect(try asking("--groups", "64998") == 0)
        #expect(try asking("--clear-groups") == 77)
        // Where the file lets somebody in who is no member, the daemon doesn't.
        try Files.setMode(0o666, of: agent.socket)
        #expect(try asking("--clear-groups") == 77)
    }

    @Test(.enabled(if: mayMount, "needs root that may mount: it makes a group that nobody else sees"))
    func `a control socket that can't be given to beatd-admin is told`() throws {
        try agent.openToNobody()
        try agent.start(asNobody: true, runner: withAdmins())
        #expect(try attention("can't be given to group beatd-admin").contains("Operation not permitted"))
        try agent.waitLog("can't be given to group beatd-admin")
    }

    @Test func `a control socket that was removed is made again, and so is its folder`() throws {
        try agent.folder.makeFolder("run")
        let path = agent.folder.path("run/c.sock")
        try agent.launch(runner: [], environment: ["BEATD_CONTROL_SOCKET": path])
        func isUp() -> Bool { (try? Ask.socket(path, "/v1/status"))?.body.contains("\"phase\":\"up\"") == true }
        try eventually { isUp() }
        try Files.remove(path)
        try eventually { isUp() }
        #expect(try Command.run("/bin/rm", ["-r", agent.folder.path("run")]).code == 0)
        try eventually { isUp() }
        try agent.waitLog("Control socket made again")
        #expect(try Files.status(at: path).mode & 0o777 == 0o660)
    }

    @Test func `150 clients that ask nothing, or never come to an end, keep nobody out`() throws {
        try agent.start()
        try agent.phase("up", of: "billing")
        let idle = try (0..<150).map { number in
            let peer = ScriptedPeer(try Sockets.connect(toUnix: agent.socket, wait: .seconds(10)))
            if number % 3 == 1 { peer.say("GET /v1/sta") }
            if number % 3 == 2 { peer.say("GET /v1/status HTTP/1.1\r\nHost: a\r\nX-Long: ") }
            return peer
        }
        for _ in 0..<5 {
            for peer in idle { peer.say("x") }
            let table = try Command.beatd("status", "--socket", agent.socket)
            #expect(table.code == 0, "\(table)")
        }
    }

    @Test(.enabled(if: mayMount, "needs root that may make namespaces"))
    func `a client of another PID namespace is known by its user`() throws {
        try agent.start(runner: ["/usr/bin/unshare", "-m", "-p", "-f", "--mount-proc", "--kill-child"])
        #expect(try agent.status().pid < 10)
    }

    @Test func `what was not deregistered at a stop is named by NAME`() throws {
        try agent.start()
        try agent.phase("up", of: "billing")
        registry.stop()
        #expect(try agent.end(by: SIGTERM) == .exited(0))
        #expect(agent.log.contains(#""message":"Not deregistered; it lapses by itself","instance":"billing"}"#))
    }

    @Test func `one refusal is one line of the log`() throws {
        try agent.start()
        try agent.drop("service: a\nport: 1\nprot: 1\nprobes: [{tcp: 1}]\n", as: "bad.yaml")
        try agent.wait { $0.refusal(of: "bad.yaml") != nil }
        #expect(try agent.end(by: SIGTERM) == .exited(0))
        let lines = agent.log.split(separator: "\n").filter { $0.contains("prot") }
        #expect(lines.count == 1, "\(lines)")
        #expect(lines.first?.contains(#""file":"bad.yaml","line":3,"key":"prot""#) == true)
    }
}
