internal import BeatdCore
internal import Linux

/// One look at the process that a pidfile names, in /proc and by its pidfd: neither waits for anybody.
struct ProcessLook {
    let pid: Int32
    let stamp: FileStamp
    /// Whether a pidfd's inode tells processes apart; a test can act as a kernel before 6.9.
    let usesPidfs: Bool

    /// What came of it.
    enum Result {
        case seen(Sighting, HeldProcess?)
        /// Its executable is closed to us: argv[0] has to tell, and whoever reads it may have to wait.
        case argumentsWanted(HeldProcess?, ProcessFacts)
    }

    /// `wantsProgram`: it matters what the process runs.
    func perform(wantsProgram: Bool) -> Result {
        let handle: ProcessHandle
        do throws(SystemCallError) { handle = try ProcessHandle(pid) } catch {
            if error.isExhausted { return .seen(.hindered("\(error.call): \(error.reason)"), nil) }
            // Before Linux 5.3 there is no pidfd: /proc alone must do, and nobody is held.
            guard error.isUnsupported, let facts = ProcessFacts(pid) else { return .seen(nobody, nil) }
            return judgeable(nil, facts, wantsProgram)
        }
        // Read while the pidfd holds the number: unless the process has ended by now, the facts are its own.
        guard let facts = ProcessFacts(pid) else {
            let user = Accounts.name(ofUser: Accounts.user)
            return .seen(handle.hasExited ? nobody : .hindered("/proc/\(pid) is closed to user \(user)"), nil)
        }
        let inode = usesPidfs ? handle.inode : nil
        let identity = ProcessSighting(pid, facts, inode: inode, exited: false).identity
        return judgeable(HeldProcess(identity, handle), facts, wantsProgram)
    }

    private func judgeable(_ held: HeldProcess?, _ facts: ProcessFacts, _ wantsProgram: Bool) -> Result {
        let isClosed = facts.executable == nil && !facts.isKernelThread && held?.hasExited != true
        return wantsProgram && isClosed ? .argumentsWanted(held, facts) : finish(held, facts)
    }

    /// The same with what /proc/PID/cmdline says.
    func finish(_ held: HeldProcess?, _ facts: ProcessFacts, arguments0: String? = nil) -> Result {
        let exited = held?.hasExited ?? false
        var seen = ProcessSighting(pid, facts, inode: held?.identity.inode, exited: exited)
        seen.arguments0 = arguments0
        return .seen(.pidfile(.process(stamp, seen)), exited ? nil : held)
    }

    private var nobody: Sighting { .pidfile(.nobody(stamp, pid: pid)) }
}

extension ProcessSighting {
    fileprivate init(_ pid: Int32, _ facts: ProcessFacts, inode: UInt64?, exited: Bool) {
        let started = Instant(nanoseconds: facts.started)
        self.init(
            identity: ProcessIdentity(pid: pid, inode: inode, started: started, boot: ProcessFacts.bootID),
            startedAt: facts.startedAt, exited: exited, isKernelThread: facts.isKernelThread,
            isOff: pid == 1 || pid == Accounts.pid, executable: facts.executable, comm: facts.comm)
    }
}
