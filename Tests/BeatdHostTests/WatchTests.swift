import BeatdCore
import BeatdHost
import Linux
import Systemd
import TestSupport
import Testing

/// Real processes that end.
struct WatchTests {
    @Test(arguments: [true, false]) func `a death is told without another look`(_ usesPidfs: Bool) throws {
        let looks = try Looks(usesPidfs: usesPidfs)
        let process = try TestProcess.idle()
        let identity = try looks.identity(of: process)
        #expect((identity.inode != nil) == (usesPidfs && Self.hasPidfs))
        looks.watch(identity)
        looks.watch(identity)
        #expect(looks.processes?.count == 1)
        process.kill()
        try turn(looks.loop) { !looks.exited.isEmpty }
        try turn(looks.loop, for: .milliseconds(50))
        #expect(looks.exited == [identity])
        #expect(looks.processes?.count == 0)
    }

    @Test func `a process that ended between look and watch is told at once, in a turn of its own`() throws {
        let looks = try Looks()
        let process = try TestProcess.idle()
        let identity = try looks.identity(of: process)
        process.kill()
        try process.awaitEnding()
        looks.watch(identity)
        #expect(looks.exited.isEmpty)
        try turn(looks.loop) { !looks.exited.isEmpty }
        #expect(looks.exited == [identity])
    }

    @Test(arguments: [true, false]) func `so is one whose pidfd was let go since`(_ usesPidfs: Bool) throws {
        let looks = try Looks(usesPidfs: usesPidfs)
        let process = try TestProcess.idle()
        let identity = try looks.identity(of: process)
        _ = try looks.pidfile("nonsense")
        process.kill()
        try process.awaitEnding()
        looks.watch(identity)
        try turn(looks.loop) { !looks.exited.isEmpty }
        #expect(looks.exited == [identity])
    }

    @Test(arguments: [true, false]) func `a process is opened anew where its pidfd was let go`(_ usesPidfs: Bool) throws
    {
        let looks = try Looks(usesPidfs: usesPidfs)
        let process = try TestProcess.idle()
        let identity = try looks.identity(of: process)
        _ = try looks.pidfile("nonsense")
        looks.watch(identity)
        #expect(looks.processes?.count == 1)
        process.kill()
        try turn(looks.loop) { !looks.exited.isEmpty }
        #expect(looks.exited == [identity])
    }

    @Test func `what is unwatched is not told`() throws {
        let looks = try Looks()
        let (first, second) = (try TestProcess.idle(), try TestProcess.idle())
        let identities = try [first, second].map { try looks.identity(of: $0) }
        for identity in identities { looks.watch(identity) }
        looks.unwatch(identities[0])
        first.kill()
        second.kill()
        try turn(looks.loop) { !looks.exited.isEmpty }
        #expect(looks.exited == [identities[1]])
    }

    @Test func `many deaths at once are all told`() throws {
        let looks = try Looks()
        let processes = try (0..<100).map { _ in try TestProcess.idle() }
        let identities = try processes.map { try looks.identity(of: $0) }
        for identity in identities { looks.watch(identity) }
        for process in processes { process.kill() }
        try turn(looks.loop) { looks.exited.count == 100 }
        #expect(Set(looks.exited) == Set(identities))
    }

    @Test(.enabled(if: PIDReuse.isPossible, "choosing a PID needs root and /proc/sys/kernel/ns_last_pid"))
    func `a number that came back is another process`() throws {
        let looks = try Looks()
        let process = try TestProcess.idle()
        let path = try looks.temporary.write("\(process.pid)", to: "a.pid")
        guard case .process(let stamp, let seen) = try looks.seen(path) else {
            Issue.record("no process")
            return
        }
        process.kill()
        try process.awaitEnding()
        let next = try PIDReuse.start(process.pid)
        guard case .process(let again, let other) = try looks.seen(path) else {
            Issue.record("no process \(next.pid)")
            return
        }
        #expect(other.identity != seen.identity)
        #expect(stamp == again)
        var memory = LookMemory()
        memory.process = seen.identity
        memory.stamp = stamp
        let kind = ProbeKind.pidfile(path: path, executable: nil)
        #expect(judge(kind, .pidfile(.process(again, other)), memory).outcome == .gone)
        // The old one is not watched in the shape of the new one.
        looks.watch(seen.identity)
        try turn(looks.loop) { !looks.exited.isEmpty }
        #expect(looks.exited == [seen.identity])
    }

    /// Whether a pidfd's inode tells processes apart here.
    private static let hasPidfs: Bool = {
        guard let own = try? ProcessHandle(Accounts.pid) else { return false }
        return own.inode != nil
    }()
}

/// Gives a process a number that another had (proc(5), ns_last_pid).
enum PIDReuse {
    private static let path = "/proc/sys/kernel/ns_last_pid"
    static let isPossible = Surroundings.isRoot && Surroundings.exists(path)

    /// Others take numbers, too, so it may need several attempts.
    static func start(_ pid: Int32) throws -> TestProcess {
        for _ in 0..<200 {
            try TestProcess(shell: "echo \(pid - 1) > \(path)").awaitEnding()
            let process = try TestProcess.idle()
            if process.pid == pid { return process }
        }
        throw Unexpected()
    }
}
