import Linux
import Systemd
import TestSupport
import Testing

@Suite struct ProcessTests {
    @Test func `a process that ended is seen as ended, also before it is taken off the list`() throws {
        let child = try TestProcess.idle()
        let handle = try ProcessHandle(child.pid)
        let before = handle.hasExited
        child.kill()
        try eventually { handle.hasExited }
        #expect(!before)
        #expect(ProcessFacts(child.pid) != nil, "a zombie is still in /proc")
        try child.awaitEnding()
        let after = handle.hasExited
        #expect(after)
        let error = #expect(throws: SystemCallError.self) { _ = try ProcessHandle(child.pid) }
        #expect(error?.isNoProcess == true)
        #expect(ProcessFacts(child.pid) == nil)
    }

    @Test func `a process that never was can't be held`() {
        for pid: Int32 in [0, -1, Int32.max] {
            #expect(throws: SystemCallError.self) { _ = try ProcessHandle(pid) }
        }
    }

    @Test func `the same process has the same inode, another one another`() throws {
        let one = try TestProcess.idle()
        let two = try TestProcess.idle()
        let first = try ProcessHandle(one.pid).inode
        let again = try ProcessHandle(one.pid).inode
        let other = try ProcessHandle(two.pid).inode
        #expect(first == again)
        if first != nil { #expect(first != other) }
        let old = try ProcessHandle(one.pid, asksPidfs: false)
        let inode = old.inode
        let isAlive = !old.hasExited
        #expect(inode == nil)
        #expect(isAlive)
    }

    @Test func `facts of a process are its own`() throws {
        let before = Clocks.boot()
        let wall = Clocks.wall()
        let child = try TestProcess("/bin/sleep", ["3600"])
        // In the middle of its exec a process has its new name, but no arguments yet.
        try eventually { ProcessFacts.arguments0(of: child.pid) == "/bin/sleep" }
        let facts = try #require(ProcessFacts(child.pid))
        let tick: Int64 = 10_000_000
        #expect(facts.started > before - 2 * tick && facts.started <= Clocks.boot())
        #expect(abs(facts.startedAt - wall) < 20_000_000_000)
        #expect(facts.executable?.hasSuffix("/sleep") == true)
        #expect(!facts.isKernelThread)
    }

    @Test func `a name with blanks and brackets doesn't shift what follows`() throws {
        let child = try TestProcess(perl: "$| = 1; $0 = ') (x) 1 2'; print qq(ready\\n); sleep 3600")
        #expect(try child.line() == "ready")
        let facts = try #require(ProcessFacts(child.pid))
        #expect(facts.comm == ") (x) 1 2")
        #expect(!facts.isKernelThread)
        #expect(facts.started <= Clocks.boot())
    }

    @Test func `a program that was deleted keeps its name`() throws {
        let folder = try TemporaryDirectory()
        let copy = try TestProcess("/bin/cp", ["/bin/sleep", folder.path("service")])
        #expect(try copy.awaitEnding() == .exited(0))
        let child = try TestProcess(folder.path("service"), ["3600"])
        try eventually { ProcessFacts(child.pid)?.comm == "service" }
        try Files.remove(folder.path("service"))
        #expect(ProcessFacts(child.pid)?.executable == folder.path("service"))
    }

    @Test(.enabled(if: ProcessFacts(2)?.comm == "kthreadd", "the kernel's threads are not visible here"))
    func `a thread of the kernel is told apart`() throws {
        let facts = try #require(ProcessFacts(2))
        #expect(facts.isKernelThread)
        #expect(facts.executable == nil)
        #expect(ProcessFacts.arguments0(of: 2) == nil)
    }

    @Test func `another user's process is seen, but not what it runs`() async {
        await #expect(processExitsWith: .success) {
            Surroundings.becomeNobody()
            // The first process of all is root's.
            let handle = try ProcessHandle(1)
            let facts = try #require(ProcessFacts(1))
            #expect(facts.executable == nil)
            #expect(!facts.comm.isEmpty)
            #expect(ProcessFacts.arguments0(of: 1) != nil)
            #expect(!facts.isKernelThread)
            let isAlive = !handle.hasExited
            #expect(isAlive)
        }
    }

    @Test func `this boot has one name`() {
        #expect(ProcessFacts.bootID.count == 36)
    }

    @Test func `a storm of deaths comes through one source, each once`() throws {
        final class Held {
            let handle: ProcessHandle
            init(_ pid: Int32) throws { handle = try ProcessHandle(pid) }
        }
        let loop = try EventLoop()
        let exits = try Epoll()
        let children = try (0..<100).map { _ in try TestProcess.idle() }
        let held = try children.map { try Held($0.pid) }
        for (key, one) in held.enumerated() { try exits.add(one.handle.number, key: UInt64(key)) }
        // One is no longer of interest.
        exits.remove(held[99].handle.number)

        var seen: [UInt64] = []
        var largest = 0
        let source = try loop.watch(exits.number, for: .read, priority: .exits) { _ in
            let keys = exits.ready(most: 64)
            largest = max(largest, keys.count)
            seen += keys
        }
        for child in children { child.kill() }
        for one in held { try eventually { one.handle.hasExited } }
        try turn(loop) { seen.count >= 99 }
        try turn(loop, for: .milliseconds(30))
        #expect(seen.sorted() == Array(0..<99))
        #expect(largest == 64, "a turn takes a bounded number")
        source.watch(for: [])
    }
}
