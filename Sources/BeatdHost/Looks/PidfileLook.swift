internal import BeatdCore
internal import Linux

/// One look at a pidfile and at the process it names: facts only, and the process held while they were read.
struct PidfileLook {
    let path: String
    /// Whether a pidfd's inode tells processes apart; a test can act as a kernel before 6.9.
    let usesPidfs: Bool

    /// A PID has at most seven digits; what is longer is something else.
    private static let largestContent = 64

    func perform() -> (seen: Sighting, held: HeldProcess?) {
        do throws(SystemCallError) {
            let file = try Files.open(path)
            let status = try Files.status(of: file)
            guard status.kind == .regular else { return (.pidfile(.notAFile(status.kind.rawValue)), nil) }
            let stamp = FileStamp(status)
            let content = try Files.read(file, limit: Self.largestContent)
            guard !content.isEmpty else { return (.pidfile(.empty), nil) }
            guard let pid = Self.pid(in: content) else { return (.pidfile(.nonsense(stamp)), nil) }
            return process(pid, stamp)
        } catch { return (Self.sighting(of: error), nil) }
    }

    static func sighting(of error: SystemCallError) -> Sighting {
        if error.isNotFound { return .pidfile(.missing) }
        if error.isPermission {
            let user = Accounts.name(ofUser: Accounts.user)
            return .pidfile(.denied("user \(user) may not read it (\(error.reason))"))
        }
        if error.isExhausted { return .hindered("\(error.call): \(error.reason)") }
        if error.isUnopenable { return .pidfile(.notAFile(FileStatus.Kind.socket.rawValue)) }
        return .pidfile(.unreadable(error.reason))
    }

    /// The number in the first line, blanks around it; what follows that line is the service's own (as systemd's PIDFile=).
    static func pid(in content: [UInt8]) -> Int32? {
        let blanks: [UInt8] = [0x20, 0x09, 0x0d]
        var line = content.prefix { $0 != 0x0a }
        // A line that doesn't end within the bytes read has no end that we know.
        guard line.count < largestContent else { return nil }
        line = line.drop { blanks.contains($0) }
        while let last = line.last, blanks.contains(last) { line.removeLast() }
        guard (1...10).contains(line.count), line.allSatisfy({ (0x30...0x39).contains($0) }),
            let pid = Int32(String(decoding: line, as: UTF8.self)), pid > 0
        else { return nil }
        return pid
    }

    private func process(_ pid: Int32, _ stamp: FileStamp) -> (Sighting, HeldProcess?) {
        let handle: ProcessHandle
        do throws(SystemCallError) { handle = try ProcessHandle(pid) } catch {
            if error.isExhausted { return (.hindered("\(error.call): \(error.reason)"), nil) }
            // Before Linux 5.3 there is no pidfd: /proc alone must do, and nobody is held.
            guard error.isUnsupported else { return (.pidfile(.nobody(stamp, pid: pid)), nil) }
            guard let facts = ProcessFacts(pid) else { return (.pidfile(.nobody(stamp, pid: pid)), nil) }
            return (.pidfile(.process(stamp, ProcessSighting(pid, facts, inode: nil, exited: false))), nil)
        }
        // Read while the pidfd holds the number: unless the process has ended by now, the facts are its own.
        let facts = ProcessFacts(pid)
        let exited = handle.hasExited
        guard let facts else {
            return exited
                ? (.pidfile(.nobody(stamp, pid: pid)), nil)
                : (.hindered("/proc/\(pid) is closed to user \(Accounts.name(ofUser: Accounts.user))"), nil)
        }
        let inode = usesPidfs ? handle.inode : nil
        let seen = ProcessSighting(pid, facts, inode: inode, exited: exited)
        let held = exited ? nil : HeldProcess(seen.identity, handle)
        return (.pidfile(.process(stamp, seen)), held)
    }
}

extension FileStamp {
    init(_ status: FileStatus) {
        self.init(inode: status.inode, size: status.size, modified: status.modified, changed: status.changed)
    }
}

extension ProcessSighting {
    fileprivate init(_ pid: Int32, _ facts: ProcessFacts, inode: UInt64?, exited: Bool) {
        let started = Instant(nanoseconds: facts.started)
        self.init(
            identity: ProcessIdentity(pid: pid, inode: inode, started: started, boot: ProcessFacts.bootID),
            startedAt: facts.startedAt, exited: exited, isKernelThread: facts.isKernelThread,
            isOff: pid == 1 || pid == Accounts.pid, executable: facts.executable, arguments0: facts.arguments0,
            comm: facts.comm)
    }
}
