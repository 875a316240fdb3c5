/// What earlier looks at one target left behind: all that `judge` may know besides the sighting itself.
package struct LookMemory: Hashable, Sendable {
    /// Who was seen alive last, and which version of the pidfile named it.
    package var process: ProcessIdentity?
    package var stamp: FileStamp? {
        get { version?.value }
        set { if newValue != version?.value { version = newValue.map { Shared($0) } } }
    }
    /// Apart from the memory: most looks are at no file, and all have room for it.
    private var version: Shared<FileStamp>?
    /// Whether the pidfd of `process` has fired: then it never lives again, whatever its number shows.
    package var hasExited = false

    package init() {}
}

/// A verdict without its times.
package struct Verdict: Hashable, Sendable {
    package var outcome: Outcome
    package var reason: String?
    package var process: ProcessIdentity?
    /// Process and file stamp to remember when the look counts.
    package var stamp: FileStamp?
    /// Whether another advertised address would have to be judged anew.
    package var isForCallers = false

    package init(_ outcome: Outcome, _ reason: String? = nil, process: ProcessIdentity? = nil, stamp: FileStamp? = nil)
    {
        self.outcome = outcome
        self.reason = reason
        self.process = process
        self.stamp = stamp
    }
}

/// Judges what a driver saw: the one place where a sighting becomes alive, gone, failing or unknown (contract 3.1, 3.2).
///
/// `callers` are the addresses of this host that callers are sent to; none: wherever somebody listens is good.
package func judge(
    _ kind: ProbeKind, _ sighting: Sighting, _ memory: LookMemory, callers: [String] = []
) -> Verdict {
    switch (kind, sighting) {
    case (_, .hindered(let why)):
        Verdict(.unknown, why)
    case (.tcp, .tcp(let seen)):
        judgeConnect(seen, to: kind)
    case (.pidfile(let path, let executable), .pidfile(let seen)):
        judgePidfile(seen, path: path, executable: executable, memory)
    case (.port(let port, let address), .port(let seen)):
        judgePort(seen, kind, port: port, on: address, callers)
    case (.tcp, .port), (.tcp, .pidfile), (.port, .tcp), (.port, .pidfile), (.pidfile, .tcp), (.pidfile, .port):
        preconditionFailure("a look was answered with a sighting of another kind of probe")
    }
}

func judgeConnect(_ seen: ConnectSighting, to kind: ProbeKind) -> Verdict {
    if seen == .connected { return Verdict(.alive) }
    let subject = kind.subject
    return switch seen {
    case .connected: Verdict(.alive)
    case .refused: Verdict(.gone, "\(subject): connection refused")
    case .timedOut: Verdict(.failing, "\(subject): no connection within the time-out")
    case .reset: Verdict(.failing, "\(subject): connection reset")
    case .failed(let why): Verdict(.failing, "\(subject): \(why)")
    case .forbidden(let why): Verdict(.unknown, "\(subject): \(why)")
    }
}

private func judgePidfile(
    _ seen: PidfileSighting, path: String, executable: String?, _ memory: LookMemory
) -> Verdict {
    switch seen {
    case .missing, .empty:
        let what = if case .missing = seen { "no such file" } else { "the file is empty" }
        if let process = memory.process, !memory.hasExited {
            return Verdict(.failing, "\(path): \(what), but process \(process.pid) was not seen to end")
        }
        return Verdict(.gone, "\(path): \(what)")
    case .denied(let who):
        return Verdict(.unknown, "\(path): \(who)")
    case .unreadable(let why):
        return Verdict(.unknown, "\(path): \(why)")
    case .notAFile(let what):
        return Verdict(.failing, "\(path): is \(what), not a regular file")
    case .nonsense:
        return Verdict(.failing, "\(path): does not hold the number of a process")
    case .nobody(_, let pid):
        return Verdict(.gone, "\(path): no process \(pid)")
    case .process(let stamp, let process):
        return judgeProcess(process, stamp, path: path, executable: executable, memory)
    }
}

/// A process started later than this after its pidfile was written is a stranger: the file cannot have meant it.
package let pidfileTolerance = Duration.seconds(1)

private func judgeProcess(
    _ process: ProcessSighting, _ stamp: FileStamp, path: String, executable: String?, _ memory: LookMemory
) -> Verdict {
    let pid = process.identity.pid
    func stranger(_ why: String) -> Verdict { Verdict(.gone, "\(path): process \(pid) \(why)") }

    if process.isKernelThread { return stranger("is a kernel thread") }
    if process.isOff { return stranger(pid == 1 ? "is the init process" : "is beatd itself") }
    if process.exited { return stranger("has ended") }
    var isNamed = false
    if let executable {
        let (matches, running) = runs(executable, process)
        guard matches else { return stranger("runs \(running), not \(executable)") }
        isNamed = true
    }
    if let last = memory.process {
        #if DELIBERATE_BUGS
            if DeliberateBug.chosen == .reuseInSameTick, last.pid == pid, last.started == process.identity.started {
                return Verdict(.alive, process: process.identity, stamp: stamp)
            }
        #endif
        if process.identity == last {
            if memory.hasExited { return stranger("has ended; its number came back") }
            return Verdict(.alive, process: process.identity, stamp: stamp)
        }
        // Another process under a file that nobody wrote since: the number was reused (promise P4).
        guard stamp != memory.stamp else { return stranger("is another one than the file was written for") }
    }
    if !isNamed, process.startedAt > stamp.modified + pidfileTolerance.nanoseconds {
        return stranger("started after the file was written")
    }
    return Verdict(.alive, process: process.identity, stamp: stamp)
}

/// Whether the process runs `executable`, a path or a name; and what it runs, for people.
///
/// Where /proc/PID/exe is closed to us argv[0] and comm are compared, which a process can forge. comm holds at most 15
/// bytes (proc(5)).
private func runs(_ executable: String, _ process: ProcessSighting) -> (Bool, String) {
    func name(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
    let wantsPath = executable.contains("/")
    if let running = process.executable {
        return (wantsPath ? running == executable : name(running) == executable, running)
    }
    if let running = process.arguments0, !running.isEmpty {
        if wantsPath, running.contains("/") { return (running == executable, running) }
        if name(running) == name(executable) { return (true, running) }
    }
    return (process.comm.utf8.elementsEqual(name(executable).utf8.prefix(15)), process.comm)
}
