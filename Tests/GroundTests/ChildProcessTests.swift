import Linux
import Systemd
import TestSupport
import Testing

@Suite struct ChildProcessTests {
    @Test func `a child's words and its ending come back`() throws {
        let child = try TestProcess(shell: "echo one; echo two; exit 7")
        let ending = try child.awaitEnding()
        #expect(ending == .exited(7))
        #expect(child.printed == "one\ntwo\n")
        #expect(try child.line(1) == "two")
    }

    @Test func `a child's pidfd wakes the loop when it ends`() throws {
        let loop = try EventLoop()
        var child = try ChildProcess("/bin/sh", ["-c", "kill -KILL $$"], environment: [])
        var isReady = false
        let source = try loop.watch(child.number, for: .read, priority: .exits) { _ in isReady = true }
        try turn(loop) { isReady }
        source.disarm()
        let first = child.reap()
        let second = child.reap()
        #expect(first == .killed(by: 9))
        #expect(second == nil)
    }

    @Test func `a program that isn't there is an error with its path`() {
        let error = #expect(throws: SystemCallError.self) {
            _ = try ChildProcess("/nowhere/at-all", [], environment: [])
        }
        #expect(error?.isNotFound == true)
        #expect(error?.subject == "/nowhere/at-all")
    }

    @Test func `the environment is what was given and nothing else`() throws {
        let folder = try TemporaryDirectory()
        let output = folder.path("output")
        var child = try ChildProcess("/usr/bin/env", [], environment: ["A=1", "B=two words"], output: .file(output))
        child.wait()
        let file = try Files.open(output)
        let text = String(decoding: try Files.read(file, limit: 4096), as: UTF8.self)
        #expect(text == "A=1\nB=two words\n")
    }

    @Test func `an ignored signal of ours is not ignored by the child`() throws {
        Limits.ignoreBrokenPipes()
        let child = try TestProcess(shell: "kill -PIPE $$; echo still here")
        #expect(try child.awaitEnding() == .killed(by: 13))
        #expect(child.printed == "")
    }

    @Test func `the end of a child's owner ends the child and what it started`() throws {
        var child: TestProcess? = try TestProcess(shell: "sleep 3600 & echo $!; wait")
        let grandchild = try #require(Int32(child?.line() ?? ""))
        let handle = try ProcessHandle(grandchild)
        let wasAlive = !handle.hasExited
        #expect(wasAlive)
        child = nil
        try eventually { handle.hasExited }
    }

    @Test func `a temporary folder goes with all that is in it`() throws {
        var folder: TemporaryDirectory? = try TemporaryDirectory()
        let path = try #require(folder?.path)
        try folder?.makeFolder("a/b")
        try folder?.write("text", to: "a/b/c")
        try folder?.makeFIFO("pipe")
        try folder?.makeLink("link", to: "/etc")
        #expect(Surroundings.exists(path + "/a/b/c"))
        folder = nil
        #expect(!Surroundings.exists(path))
        #expect(Surroundings.exists("/etc/passwd"))
    }

    @Test func `the tree and this build's folder are found`() {
        #expect(Surroundings.exists(Surroundings.root + "/Package.swift"))
        #expect(Surroundings.exists(Surroundings.product("beatd")))
    }

    @Test func `waiting for what never comes ends with a sentence`() throws {
        let loop = try EventLoop()
        let error = #expect(throws: TimedOut.self) { try turn(loop, limit: .milliseconds(30)) { false } }
        #expect(error?.description == "what the test awaited did not come within 0.03 seconds")
    }
}
