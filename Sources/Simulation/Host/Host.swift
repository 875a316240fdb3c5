import BeatdCore
import Predicates

/// The simulated machine: processes with reused numbers, pidfiles, listeners, clocks, addresses.
struct Host {
    struct Process {
        let serial: Int
        let pid: Int32
        /// To the kernel's tick of 10 ms.
        let started: Int64
        let inode: UInt64?
        var executable: String
        var isLeaderDead = false
        var subject: Int?
    }

    static let boot = "boot-1"
    static let tick: Int64 = 10_000_000
    /// 2026-01-01, as the wall clock stands at boot.
    private static let epoch: Int64 = 1_767_225_600_000_000_000

    var subjects: [Subject] = []
    var addresses = AddressSet(source: "10.0.0.5", local: ["10.0.0.5", "10.0.0.6"])
    /// Steps of the wall clock so far.
    var wallStep: Int64 = 0
    /// Strangers that took a number within the tick, by instance.
    var tricksters: [Int: Int32] = [:]
    let hasPidfs: Bool
    /// Whether netlink is closed to beatd, so that port probes connect.
    let isDiagnosisClosed: Bool
    /// The living, by number.
    private(set) var processes: [Int32: Process] = [:]
    /// Those that have ended and that nobody has reaped yet: they keep their number.
    private(set) var unreaped: [Int32: Process] = [:]
    private var serials = 0
    private var nextPID: Int32 = 300
    private var inodes: UInt64 = 5000

    init(hasPidfs: Bool, isDiagnosisClosed: Bool) {
        self.hasPidfs = hasPidfs
        self.isDiagnosisClosed = isDiagnosisClosed
    }

    func wall(at now: Int64) -> Int64 { Self.epoch + wallStep + now }

    mutating func spawn(_ subject: Int?, executable: String, pid: Int32? = nil, at now: Int64) -> Process {
        serials += 1
        nextPID += 7
        inodes += 1
        let process = Process(
            serial: serials, pid: pid ?? nextPID, started: now - now % Self.tick, inode: hasPidfs ? inodes : nil,
            executable: executable, subject: subject)
        processes[process.pid] = process
        if let subject { subjects[subject].process = process.serial }
        return process
    }

    /// Whether another process can get that number.
    func isFree(_ pid: Int32) -> Bool { processes[pid] == nil && unreaped[pid] == nil }

    mutating func reap(_ pid: Int32) { unreaped[pid] = nil }

    mutating func end(_ pid: Int32, isReaped: Bool = true) {
        guard let process = processes.removeValue(forKey: pid) else { return }
        if !isReaped { unreaped[pid] = process }
        guard let subject = process.subject else { return }
        subjects[subject].process = nil
    }

    mutating func change(_ pid: Int32, _ body: (inout Process) -> Void) {
        guard var process = processes[pid] else { return }
        body(&process)
        processes[pid] = process
    }

    func process(of subject: Int) -> Process? {
        guard let serial = subjects[subject].process else { return nil }
        return processes.values.first { $0.serial == serial }
    }

    mutating func write(_ content: Subject.Pidfile.Content, meant: Int?, to subject: Int, cause: Fault?, at now: Int64)
    {
        let old = subjects[subject].file
        let wall = wall(at: now)
        let size: Int64 = if case .pid(let pid) = content { Int64(String(pid).utf8.count) } else { 3 }
        subjects[subject].file = Subject.Pidfile(
            content: content, meant: meant,
            stamp: FileStamp(inode: old.stamp.inode, size: size, modified: wall, changed: wall), cause: cause)
    }

    func identity(of process: Process) -> ProcessIdentity {
        ProcessIdentity(
            pid: process.pid, inode: process.inode, started: Instant(nanoseconds: process.started), boot: Self.boot)
    }

    // MARK: The truth

    func isAlive(_ subject: Int, isFile: Bool) -> Bool {
        let subject = subjects[subject]
        guard isFile else { return isListening(subject) }
        guard case .pid(let pid) = subject.file.content, let process = processes[pid] else { return false }
        return process.serial == subject.file.meant && runsRight(process, subject)
    }

    /// Whether looks at its port connect to it.
    func connects(_ subject: Subject) -> Bool { isDiagnosisClosed || subject.portAddress == nil }

    private func isListening(_ subject: Subject) -> Bool {
        switch subject.listener.state {
        case .accepting: true
        case .refusing: false
        case .hanging, .resetting: !connects(subject) && !subject.wantsAddress
        }
    }

    private func runsRight(_ process: Process, _ subject: Subject) -> Bool {
        !subject.namesExecutable || process.executable == subject.executable
    }

    // MARK: What a look sees

    /// The facts as beatd's driver gives them, and what they are in truth.
    func look(at subject: Int, isFile: Bool, at now: Int64) -> (sighting: Sighting, seen: Seen) {
        isFile ? lookAtFile(subjects[subject], at: now) : lookAtPort(subjects[subject])
    }

    private func lookAtPort(_ subject: Subject) -> (Sighting, Seen) {
        guard connects(subject) else { return diagnose(subject) }
        func answer(_ seen: ConnectSighting) -> Sighting {
            subject.portAddress == nil ? .tcp(seen) : .port(.connection(seen, because: "socket: not permitted"))
        }
        return switch subject.listener.state {
        case .accepting: (answer(.connected), Self.somebody)
        case .refusing: (answer(.refused), .refused)
        case .hanging: (answer(.timedOut), .badAnswer)
        case .resetting: (answer(.reset), .badAnswer)
        }
    }

    private static let somebody = Seen.subject(process: nil, pid: 0, born: 0)

    /// What the kernel shows of its listener.
    private func diagnose(_ subject: Subject) -> (Sighting, Seen) {
        if subject.listener.state == .accepting, let address = subject.listener.address {
            return (.port(.listening(.address(address))), .listener(at: address))
        }
        return switch subject.listener.state {
        case .refusing: (.port(.nobody), .refused)
        case .hanging where subject.wantsAddress, .resetting where subject.wantsAddress:
            (.port(.listening(.everyIPv6, others: [.address("127.0.0.1")])), .badAnswer)
        case .accepting, .hanging, .resetting:
            (.port(.listening(subject.index < 4 ? .dualStack : .everyIPv4)), Self.somebody)
        }
    }

    private func lookAtFile(_ subject: Subject, at now: Int64) -> (Sighting, Seen) {
        let file = subject.file
        switch file.content {
        case .missing: return (.pidfile(.missing), .nothing)
        case .empty: return (.pidfile(.empty), .nothing)
        case .garbage: return (.pidfile(.nonsense(file.stamp)), .nonsense)
        case .pid(let pid):
            if pid == 1 {
                let identity = ProcessIdentity(
                    pid: 1, inode: hasPidfs ? 1 : nil, started: Instant(nanoseconds: 0), boot: Self.boot)
                let systemd = ProcessSighting(
                    identity: identity, startedAt: Self.epoch + wallStep, isOff: true,
                    executable: "/usr/lib/systemd/systemd", arguments0: "/sbin/init", comm: "systemd")
                return (.pidfile(.process(file.stamp, systemd)), .stranger(process: nil, pid: 1))
            }
            if let process = unreaped[pid] {
                return (.pidfile(.process(file.stamp, sighting(of: process, hasEnded: true))), .nobody(pid: pid))
            }
            guard let process = processes[pid] else {
                return (.pidfile(.nobody(file.stamp, pid: pid)), .nobody(pid: pid))
            }
            let sighting = sighting(of: process, hasEnded: false)
            let isRight = process.serial == file.meant && runsRight(process, subject)
            return (
                .pidfile(.process(file.stamp, sighting)),
                isRight
                    ? .subject(process: process.serial, pid: pid, born: process.started)
                    : .stranger(process: process.serial, pid: pid)
            )
        }
    }

    /// What /proc shows of it; of one that has ended, or whose leader has, only the name in comm is left.
    private func sighting(of process: Process, hasEnded: Bool) -> ProcessSighting {
        let executable = hasEnded || process.isLeaderDead ? nil : process.executable
        return ProcessSighting(
            identity: identity(of: process), startedAt: Self.epoch + wallStep + process.started, exited: hasEnded,
            executable: executable, arguments0: executable,
            comm: String(process.executable.split(separator: "/").last ?? ""))
    }
}
