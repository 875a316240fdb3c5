import Testing

@testable import BeatdCore

/// Every row of contract 3.1 and 3.2 for the kinds there are.
@Suite struct JudgeTests {
    static let second: Int64 = 1_000_000_000
    static let written: Int64 = 1_700_000_000 * second
    private static let path = "/run/billing.pid"
    private static let stamp = FileStamp(inode: 7, size: 5, modified: written, changed: written)
    private static let rewritten = FileStamp(
        inode: 8, size: 5, modified: written + 60 * second, changed: written + 60 * second)

    private static func identity(_ pid: Int32 = 4711, inode: UInt64? = 1, tick: Int64 = 0) -> ProcessIdentity {
        ProcessIdentity(pid: pid, inode: inode, started: Instant(nanoseconds: tick), boot: "boot")
    }

    private static func process(
        _ identity: ProcessIdentity = identity(), startedAt: Int64 = written - second, exited: Bool = false,
        isKernelThread: Bool = false, isOff: Bool = false, executable: String? = "/usr/bin/billing",
        arguments0: String? = "billing", comm: String = "billing"
    ) -> ProcessSighting {
        ProcessSighting(
            identity: identity, startedAt: startedAt, exited: exited, isKernelThread: isKernelThread, isOff: isOff,
            executable: executable, arguments0: arguments0, comm: comm)
    }

    private func look(_ seen: PidfileSighting, running executable: String? = nil, _ memory: LookMemory = LookMemory())
        -> Verdict
    {
        judge(.pidfile(path: Self.path, executable: executable), .pidfile(seen), memory)
    }

    private func look(_ seen: ProcessSighting, running executable: String? = nil) -> Outcome {
        look(.process(Self.stamp, seen), running: executable).outcome
    }

    private func memory(hasExited: Bool = false) -> LookMemory {
        var memory = LookMemory()
        memory.process = Self.identity()
        memory.stamp = Self.stamp
        memory.hasExited = hasExited
        return memory
    }

    @Test(arguments: [
        (ConnectSighting.connected, Outcome.alive), (.refused, .gone), (.timedOut, .failing), (.reset, .failing),
        (.failed("network is unreachable"), .failing), (.forbidden("remote"), .unknown),
    ])
    func `a connect is judged by its end`(_ seen: ConnectSighting, _ outcome: Outcome) {
        let verdict = judge(.tcp(host: "127.0.0.1", port: 9100), .tcp(seen), LookMemory())
        #expect(verdict.outcome == outcome)
        #expect((verdict.reason == nil) == (outcome == .alive))
        #expect(verdict.reason?.hasPrefix("127.0.0.1:9100: ") ?? true)
    }

    @Test(arguments: [ProbeKind.tcp(host: "::1", port: 1), .pidfile(path: "/p", executable: nil)])
    func `a look that beatd could not make decides nothing`(_ kind: ProbeKind) {
        #expect(judge(kind, .hindered("too many open files"), memory()) == Verdict(.unknown, "too many open files"))
    }

    @Test(arguments: [
        (PidfileSighting.missing, Outcome.gone), (.empty, .gone), (.denied("uid 992 may not read it"), .unknown),
        (.unreadable("input/output error"), .unknown), (.notAFile("a FIFO"), .failing), (.nonsense(stamp), .failing),
        (.nobody(stamp, pid: 4711), .gone), (.process(stamp, process()), .alive),
        (.process(stamp, process(exited: true)), .gone),
        (.process(stamp, process(isKernelThread: true)), .gone),
        (.process(stamp, process(identity(1), isOff: true)), .gone),
        (.process(stamp, process(isOff: true)), .gone),
    ])
    func `a pidfile nobody knows yet is judged by what it names`(_ seen: PidfileSighting, _ outcome: Outcome) {
        let verdict = look(seen)
        #expect(verdict.outcome == outcome)
        #expect((verdict.reason == nil) == (outcome == .alive))
        #expect(verdict.reason?.hasPrefix(Self.path) ?? true)
        #expect((verdict.process == nil) == (outcome != .alive))
    }

    @Test(arguments: [
        (Int64(0), Outcome.alive), (second - 1, .alive), (second, .alive), (second + 1, .gone), (60 * second, .gone),
    ])
    func `a process may have started up to a second after its file was written`(_ late: Int64, _ outcome: Outcome) {
        #expect(look(Self.process(startedAt: Self.written + late)) == outcome)
        #expect(look(Self.process(startedAt: Self.written + late), running: "/usr/bin/billing") == .alive)
    }

    @Test(arguments: [PidfileSighting.missing, .empty])
    func `a file that went is failing while its process may live, gone once that has ended`(_ seen: PidfileSighting) {
        #expect(look(seen, memory()).outcome == .failing)
        #expect(look(seen, memory(hasExited: true)).outcome == .gone)
    }

    @Test func `the process of the last look stays alive, whatever the file's times say`() {
        let late = Self.process(startedAt: Self.written + 60 * Self.second)
        #expect(look(.process(Self.stamp, late), memory()).outcome == .alive)
        #expect(look(.process(Self.rewritten, late), memory()).outcome == .alive)
    }

    @Test func `an identity whose end was seen never lives again`() {
        #expect(look(.process(Self.stamp, Self.process()), memory(hasExited: true)).outcome == .gone)
        #expect(look(.process(Self.rewritten, Self.process()), memory(hasExited: true)).outcome == .gone)
    }

    @Test(arguments: [
        identity(inode: 2), identity(inode: nil, tick: 10_000_000), identity(inode: 2, tick: 10_000_000), identity(99),
    ])
    func `another process is a stranger until the file is written anew`(_ other: ProcessIdentity) {
        #expect(look(.process(Self.stamp, Self.process(other)), memory()).outcome == .gone)
        #expect(look(.process(Self.rewritten, Self.process(other)), memory()).outcome == .alive)
        #expect(
            look(.process(Self.stamp, Self.process(other)), running: "billing", memory()).outcome == .gone,
            "its name does not help: the file is as old")
    }

    @Test(arguments: [
        ("/usr/bin/billing", Outcome.alive), ("billing", .alive), ("/opt/billing", .gone), ("bill", .gone),
        ("usr/bin/billing", .gone), ("/usr/bin/billing ", .gone), ("java", .gone),
    ])
    func `an executable is compared as a path or as a name`(_ executable: String, _ outcome: Outcome) {
        #expect(look(Self.process(), running: executable) == outcome)
        #expect(look(Self.process(arguments0: executable, comm: "other"), running: executable) == outcome)
    }

    @Test(arguments: [
        ("/usr/bin/billing", "/usr/bin/billing", "x", Outcome.alive), ("/opt/billing", "/usr/bin/billing", "x", .gone),
        ("billing", "/usr/bin/billing", "x", .alive), ("/usr/bin/billing", "billing", "x", .alive),
        ("a-name-of-nineteen-b", "", "a-name-of-ninet", .alive),
        ("a-name-of-nineteen-b", "", "a-name-of-nine", .gone),
        ("billing", "", "billing", .alive), ("billing", "java", "java", .gone), ("billing", "java", "billing", .alive),
    ])
    func `where the executable is closed to us argv and comm are compared`(
        _ executable: String, _ arguments0: String, _ comm: String, _ outcome: Outcome
    ) {
        #expect(
            look(Self.process(executable: nil, arguments0: arguments0, comm: comm), running: executable) == outcome)
    }
}
