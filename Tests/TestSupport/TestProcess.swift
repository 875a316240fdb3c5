internal import Glibc
package import Linux

/// A process that a test started; killed with its group and taken off the list at the end of the object.
package final class TestProcess {
    private var child: ChildProcess?
    /// Its number.
    package let pid: Int32
    /// Set once it was seen to have ended.
    package private(set) var ending: ChildProcess.Ending?
    private let output: Descriptor
    private var text: [UInt8] = []

    /// Starts a program by its path; what it prints on standard output is kept for `line(_:)` and `printed`.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
        error: ChildProcess.Stream = .inherited
    ) throws {
        let ends = try Files.pipe()
        let reading = Descriptor(taking: ends.reading)
        let writing = Descriptor(taking: ends.writing)
        let own = Environment.lines.filter { line in
            !environment.keys.contains { line.hasPrefix("\($0)=") }
        }
        let child = try ChildProcess(
            program, arguments, environment: own + environment.map { "\($0.key)=\($0.value)" },
            output: .descriptor(writing.number), error: error)
        pid = child.pid
        self.child = consume child
        output = consume reading
    }

    /// A line of shell.
    package convenience init(shell line: String) throws { try self.init("/bin/sh", ["-c", line]) }

    /// A line of perl, which a bare Debian has.
    package convenience init(perl line: String) throws { try self.init("/usr/bin/perl", ["-e", line]) }

    /// Does nothing until it is killed.
    package static func idle() throws -> TestProcess { try TestProcess("/bin/sleep", ["3600"]) }

    deinit {
        // Ends soon, since it is killed; unless that was not permitted.
        child?.killGroup()
        try? eventually(limit: .seconds(5)) { hasEnded }
    }

    /// Any signal, by its number.
    package func send(_ signal: Int32) { child?.send(signal) }
    /// SIGTERM.
    package func terminate() { send(SIGTERM) }
    /// SIGSTOP: alive, and deaf by the time that this returns.
    package func stop() {
        send(SIGSTOP)
        try? eventually { hasStopped || hasEnded }
    }

    /// What /proc says of it (proc(5)): the state stands behind the name, which ends with the last bracket.
    private var hasStopped: Bool {
        guard let file = try? Files.open("/proc/\(pid)/stat"), let line = try? Files.read(file, limit: 4096),
            let end = line.lastIndex(of: UInt8(ascii: ")"))
        else { return false }
        return line[end...].dropFirst(2).first == UInt8(ascii: "T")
    }
    /// SIGCONT.
    package func proceed() { send(SIGCONT) }

    /// SIGKILL, at once; `awaitEnding` takes it off the list.
    package func kill() { send(SIGKILL) }

    /// Whether it has ended; never waits.
    package var hasEnded: Bool {
        // One that prints more than a pipe holds would wait for its reader.
        hear()
        if ending == nil { ending = child?.reap() }
        return ending != nil
    }

    /// Waits for its end.
    @discardableResult
    package func awaitEnding(limit: Duration = .seconds(20)) throws -> ChildProcess.Ending {
        try eventually(limit: limit) { hasEnded }
        guard let ending else { throw TimedOut(limit: limit) }
        return ending
    }

    /// All that it has printed on standard output so far.
    package var printed: String {
        hear()
        return String(decoding: text, as: UTF8.self)
    }

    private func hear() {
        while let more = try? Files.readOnce(output, most: 4096), !more.isEmpty { text += more }
    }

    /// Its whole printed line of that number, from 0, without its end; waits for it.
    package func line(_ number: Int = 0, limit: Duration = .seconds(20)) throws -> String {
        var lines: [Substring] = []
        try eventually(limit: limit) {
            lines = printed.split(separator: "\n", omittingEmptySubsequences: false)
            return lines.count > number + 1
        }
        return String(lines[number])
    }
}
