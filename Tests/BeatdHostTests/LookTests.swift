import BeatdCore
import BeatdHost
import Linux
import Systemd
import TestSupport
import Testing

/// Real sockets and pidfiles.
struct LookTests {
    @Test(arguments: ["127.0.0.1", "::1"]) func `a listener is connected to, a closed port refuses`(_ host: String)
        throws
    {
        let looks = try Looks()
        let any = try #require(SocketAddress(host, port: 0))
        let port: Int
        do {
            let listener = try Sockets.listen(on: any)
            let name = Sockets.name(of: listener)
            port = Int(try #require(name).port)
            let report = try looks.look(at: .tcp(host: host, port: port))
            #expect(report.seen == .tcp(.connected))
            #expect(report.began <= report.ended)
        }
        #expect(try looks.isRefused(.tcp(host: host, port: port)))
    }

    @Test(arguments: ["127.0.0.1", "::1"]) func `localhost is alive if either of its addresses opens`(_ host: String)
        throws
    {
        let looks = try Looks()
        let listener = try OpenListener(host)
        #expect(try looks.look(at: .tcp(host: "localhost", port: listener.port)).seen == .tcp(.connected))
    }

    @Test func `localhost is gone once both addresses refuse`() throws {
        let looks = try Looks()
        let port = Int(try Surroundings.freePort())
        #expect(try looks.isRefused(.tcp(host: "localhost", port: port)))
    }

    @Test
    func `localhost is alive where 127.0.0.1 is silent and ::1 opens, and failing where one is silent and one refuses`()
        throws
    {
        let looks = try Looks()
        let hung = try HungListener()
        let kind = ProbeKind.tcp(host: "localhost", port: hung.port)
        #expect(try looks.look(at: kind, timeout: .milliseconds(400)).seen == .tcp(.timedOut))
        let six = try OpenListener("::1", port: hung.port)
        let report = try looks.look(at: kind, timeout: .seconds(60))
        #expect(report.seen == .tcp(.connected))
        #expect(report.ended - report.began < .seconds(30), "it was not waited for to the end")
        withExtendedLifetime(six) {}
    }

    @Test func `a connection that nobody answers ends with its own time-out, one timer for all`() throws {
        let looks = try Looks()
        let hung = try HungListener()
        let limits: [Duration] = [.milliseconds(400), .milliseconds(100), .seconds(60), .milliseconds(200)]
        looks.order(
            limits.map { Target(kind: .tcp(host: "127.0.0.1", port: hung.port), interval: .seconds(60), timeout: $0) })
        try turn(looks.loop) { looks.reports.count == 3 }
        #expect(looks.reports.map(\.seen) == [.tcp(.timedOut), .tcp(.timedOut), .tcp(.timedOut)])
        let ended = [1, 3, 0].compactMap { number in looks.reports.first { $0.order.number == number } }
        #expect(ended.count == 3)
        // Those that were over while nobody could look are told together.
        #expect(ended.map(\.ended) == ended.map(\.ended).sorted())
        for report in ended { #expect(report.ended - report.began >= limits[Int(report.order.number)]) }
    }

    /// The kernel gives a connection one even port after the other (ip(7), ip_local_port_range), so that among as many
    /// looks as there are ports one has the port that it looks at for its own, and meets itself.
    @Test func `a socket that meets itself is nobody's answer`() throws {
        let looks = try Looks()
        let port = try Self.closedEvenPort()
        #expect(try looks.isRefused(.tcp(host: "127.0.0.1", port: port)))
        let before = looks.reports.count
        let target = Target(kind: .tcp(host: "127.0.0.1", port: port), interval: .seconds(20), timeout: .seconds(10))
        for batch in 1...20 {
            looks.order([Target](repeating: target, count: 1000))
            try turn(looks.loop) { looks.reports.count == before + batch * 1000 }
        }
        let others = looks.reports[before...].count { $0.seen != .tcp(.refused) }
        #expect(others == 0)
    }

    private static func closedEvenPort() throws -> Int {
        while true {
            let port = Int(try Surroundings.freePort()) & ~1
            guard let address = SocketAddress("127.0.0.1", port: port) else { continue }
            let isFree = (try? Sockets.listen(on: address).number) != nil
            if isFree { return port }
        }
    }

    @Test func `another host is not looked at`() throws {
        let looks = try Looks()
        guard case .tcp(.forbidden(let why)) = try looks.look(at: .tcp(host: "192.0.2.1", port: 80)).seen else {
            Issue.record("it was looked at")
            return
        }
        #expect(why.contains("allow-remote"))
    }

    @Test func `this host's own addresses are looked at`() throws {
        let looks = try Looks(addresses: AddressSet(source: nil, local: ["127.0.0.1", "192.0.2.1"]))
        let seen = try looks.look(at: .tcp(host: "192.0.2.1", port: 9), timeout: .milliseconds(50)).seen
        guard case .tcp(let outcome) = seen else { return }
        if case .forbidden = outcome { Issue.record("it was not looked at") }
    }

    @Test func `nothing is reported from inside perform`() throws {
        let looks = try Looks()
        looks.order([Target(kind: .pidfile(path: "/nowhere", executable: nil))])
        #expect(looks.reports.isEmpty)
        try turn(looks.loop) { looks.reports.count == 1 }
    }

    @Test func `a thousand looks are spread over turns, each is answered once`() throws {
        let looks = try Looks()
        let kind = ProbeKind.pidfile(path: "/nowhere", executable: nil)
        looks.order((0..<1000).map { _ in Target(kind: kind, interval: .seconds(60), timeout: .seconds(60)) })
        try turn(looks.loop) { looks.reports.count == 1000 }
        #expect(looks.batches > 10)
        #expect(looks.reports.map(\.order.number) == (0..<1000).map(UInt64.init))
    }

    @Test func `a pidfile that is missing, empty or nonsense is said to be`() throws {
        let looks = try Looks()
        #expect(try looks.pidfile(nil) == .missing)
        #expect(try looks.pidfile("") == .empty)
        for nonsense in [
            "x", "12x", "-5", "0", "+1", "1 2", "99999999999", "\n", " \n", "0x10", "1.5", "pid=12",
            String(repeating: "1", count: 64), String(repeating: " ", count: 200) + "1\n", "\u{0}1",
        ] {
            guard case .nonsense = try looks.pidfile(nonsense) else {
                Issue.record("\(nonsense) was taken for a PID")
                continue
            }
        }
        #expect(try looks.seen("/nowhere/at/all/a.pid") == .missing)
    }

    @Test func `a pidfile that is no file is said to be one, and not waited for`() throws {
        let looks = try Looks()
        #expect(try looks.seen(looks.temporary.makeFIFO("fifo")) == .notAFile("a FIFO"))
        #expect(try looks.seen(looks.temporary.makeFolder("folder")) == .notAFile("a folder"))
        let path = looks.temporary.path("socket")
        let socket = try Sockets.listen(onUnix: path, mode: 0o600)
        #expect(try looks.seen(path) == .notAFile("a socket"))
        #expect(try looks.seen("/dev/null") == .notAFile("a device"))
        withExtendedLifetime(socket.number) {}
    }

    @Test func `a pidfile that beatd may not read names who may not`() throws {
        let seen = try asOrdinaryUser {
            let looks = try Looks()
            let path = try looks.temporary.write("1", to: "a.pid")
            try Files.setMode(0o000, of: path)
            return try looks.seen(path)
        }
        guard case .denied(let who) = seen else {
            Issue.record("it was read")
            return
        }
        #expect(who.contains("may not read it"))
    }

    @Test func `a process of another user is seen, its executable is closed`() throws {
        let process = try TestProcess.idle()
        let pid = process.pid
        try Self.awaitProgram(of: process)
        let seen = try asOrdinaryUser { try Looks().pidfile("\(pid)", executable: "sleep") }
        guard case .process(_, let sighting) = seen else {
            Issue.record("no process")
            return
        }
        #expect((sighting.executable == nil) == Surroundings.isRoot)
        #expect(sighting.arguments0 == (Surroundings.isRoot ? "/bin/sleep" : nil))
        #expect(sighting.comm == "sleep")
    }

    /// A child is one before its program has all of its arguments (execve(2)).
    private static func awaitProgram(of process: TestProcess) throws {
        try eventually { ProcessFacts.arguments0(of: process.pid) == "/bin/sleep" }
    }

    @Test func `a process is seen with who it is and what it runs`() throws {
        let looks = try Looks()
        let process = try TestProcess.idle()
        try Self.awaitProgram(of: process)
        for content in [
            "\(process.pid)\n", "\(process.pid)", " \(process.pid) \r\n", "\(process.pid)\nmore of the service's own\n",
        ] {
            guard case .process(let stamp, let seen) = try looks.pidfile(content) else {
                Issue.record("no process in \(content)")
                continue
            }
            #expect(seen.identity.pid == process.pid)
            #expect(!seen.exited && !seen.isKernelThread && !seen.isOff)
            #expect(seen.executable?.hasSuffix("sleep") == true || seen.executable?.hasSuffix("coreutils") == true)
            #expect(seen.comm == "sleep")
            #expect(seen.startedAt <= stamp.modified + 1_000_000_000)
            #expect(!seen.identity.boot.isEmpty)
        }
    }

    @Test func `PID 1, beatd itself and a number of nobody are seen as what they are`() throws {
        let looks = try Looks()
        for pid in [1, Accounts.pid] {
            guard case .process(_, let seen) = try looks.pidfile("\(pid)") else {
                Issue.record("no process \(pid)")
                continue
            }
            #expect(seen.isOff)
        }
        // The number may be somebody else's by then, so it may need several attempts.
        try eventually {
            let process = try TestProcess.idle()
            process.kill()
            try process.awaitEnding()
            guard case .nobody(_, process.pid) = try looks.pidfile("\(process.pid)") else { return false }
            return true
        }
    }

    @Test func `a zombie has ended`() throws {
        let looks = try Looks()
        let process = try TestProcess.idle()
        let path = try looks.temporary.write("\(process.pid)", to: "a.pid")
        process.kill()
        // Nobody has taken it off the list yet.
        try eventually {
            guard case .process(_, let seen) = try looks.seen(path) else { return false }
            return seen.exited
        }
        #expect(try judged(looks.seen(path)).outcome == .gone)
    }

    @Test func `a file that was written before the process began is no name for it`() throws {
        let looks = try Looks()
        let process = try TestProcess.idle()
        let path = try looks.temporary.write("\(process.pid)", to: "a.pid")
        #expect(try judged(looks.seen(path)).outcome == .alive)
        try TestProcess(shell: "touch -d '1 hour ago' '\(path)'").awaitEnding()
        let verdict = try judged(looks.seen(path))
        #expect(verdict.outcome == .gone)
        #expect(verdict.reason?.contains("started after the file was written") == true)
    }

    private func judged(_ seen: PidfileSighting) -> Verdict {
        judge(.pidfile(path: "a.pid", executable: nil), .pidfile(seen), LookMemory())
    }
}
