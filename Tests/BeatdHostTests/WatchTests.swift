import BeatdCore
import BeatdHost
import Glibc
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
        let path = looks.temporary.path("a.pid")
        var heir: Heir?
        try eventually {
            heir = try Self.heir(looks, path)
            return heir != nil
        }
        let (stamp, seen, next) = try #require(heir)
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

    /// The process that a pidfile named, as it was seen, and the one that has its number since.
    private typealias Heir = (stamp: FileStamp, seen: ProcessSighting, next: TestProcess)

    /// nil: somebody else was given the number.
    private static func heir(_ looks: Looks, _ path: String) throws -> Heir? {
        let process = try TestProcess.idle()
        try looks.temporary.write("\(process.pid)", to: "a.pid")
        guard case .process(let stamp, let seen) = try looks.seen(path) else { throw Unexpected() }
        process.kill()
        try process.awaitEnding()
        // Without pidfs two processes are told apart by their start, which the kernel tells in ticks of 10 ms.
        let tick = Clocks.boot() + 10_000_000
        try eventually { Clocks.boot() > tick }
        return try PIDReuse.start(process.pid).map { (stamp, seen, $0) }
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

    /// nil where somebody else took the number: who has it may keep it for long.
    static func start(_ pid: Int32) throws -> TestProcess? {
        let last = try Files.read(Files.open(path), limit: 64)
        try set(Array("\(pid - 1)".utf8))
        let process = try TestProcess.idle()
        // What ended only now isn't to be found alive by the test that ended it.
        try set(last)
        return process.pid == pid ? process : nil
    }

    private static func set(_ text: [UInt8]) throws {
        let file = Descriptor(taking: unsafe open(path, O_WRONLY | O_CLOEXEC))
        try Files.writeAll(text, to: file)
    }
}
