import BeatdCore
import BeatdHost
import Linux
import Systemd
import TestSupport

/// The drivers that look and watch, with what they told.
final class Looks {
    let loop: EventLoop
    let temporary: TemporaryDirectory
    private(set) var reports: [SightingReport] = []
    /// How many times something was reported.
    private(set) var batches = 0
    private(set) var exited: [ProcessIdentity] = []
    private(set) var processes: ProcessWatch?
    private var looks: HostLooks?
    private var issued: UInt64 = 0
    /// What closed socket diagnosis, each time that it was said.
    private(set) var closed: [SystemCallError?] = []

    init(
        addresses: AddressSet = HostAddresses.read(), usesPidfs: Bool = true, diagnosisFailure: SystemCallError? = nil
    ) throws {
        loop = try EventLoop()
        temporary = try TemporaryDirectory()
        let processes = try ProcessWatch(loop: loop, usesPidfs: usesPidfs) { [unowned self] in self.exited.append($0) }
        self.processes = processes
        looks = try HostLooks(
            loop: loop, workers: try Workers(loop: loop), processes: processes, addresses: addresses,
            diagnosisFailure: diagnosisFailure,
            onDiagnosisClosed: { [unowned self] in self.closed.append($0) },
            onReports: { [unowned self] reports in
                self.batches += 1
                self.reports += reports
            })
    }

    /// The addresses of this host are these from now on.
    func set(_ addresses: AddressSet) { looks?.addresses = addresses }

    func order(_ targets: [Target]) {
        let orders = targets.map { target in
            defer { issued += 1 }
            return LookOrder(id: LookID(number: issued), target: target)
        }
        looks?.perform(orders)
    }

    func look(at kind: ProbeKind, timeout: Duration = .seconds(10)) throws -> SightingReport {
        let count = reports.count
        order([Target(kind: kind, interval: .seconds(20), timeout: timeout)])
        try turn(loop) { reports.count > count }
        return reports[count]
    }

    /// Whether a port that was closed is refused soon.
    ///
    /// A child that another test starts holds a copy of the listener until its program begins (execve(2)).
    func isRefused(_ kind: ProbeKind) throws -> Bool {
        let limit = Clocks.boot() + 20_000_000_000
        while Clocks.boot() < limit {
            if try look(at: kind).seen == .tcp(.refused) { return true }
        }
        return false
    }

    /// What a look at that path saw.
    func seen(_ path: String, executable: String? = nil) throws -> PidfileSighting {
        guard case .pidfile(let seen) = try look(at: .pidfile(path: path, executable: executable)).seen else {
            throw Unexpected()
        }
        return seen
    }

    /// What a look at a pidfile with that content sees; nil: there is none.
    func pidfile(_ content: String?, executable: String? = nil) throws -> PidfileSighting {
        if let content {
            try temporary.write(content, to: "look.pid")
        } else {
            temporary.remove(name: "look.pid")
        }
        return try seen(temporary.path("look.pid"), executable: executable)
    }

    /// Looks at a pidfile of that process.
    func identity(of process: TestProcess) throws -> ProcessIdentity {
        guard case .process(_, let seen) = try pidfile("\(process.pid)") else { throw Unexpected() }
        return seen.identity
    }

    func watch(_ identity: ProcessIdentity) { processes?.watch(identity) }
    func unwatch(_ identity: ProcessIdentity) { processes?.unwatch(identity) }
}

/// Listens, accepts nobody, and has no room left: a further connection is neither taken nor refused.
final class HungListener {
    let port: Int
    private let listener: Descriptor
    private var clients: [Int32] = []

    init() throws {
        guard let any = SocketAddress("127.0.0.1", port: 0) else { throw Unexpected() }
        listener = try Sockets.listen(on: any)
        guard let name = Sockets.name(of: listener) else { throw Unexpected() }
        port = Int(name.port)
        // Its queue holds 128 and one more; what comes later gets no answer.
        for _ in 0..<140 { clients.append(try Sockets.connect(to: name).take()) }
    }

    deinit { for client in clients { _ = Descriptor(taking: client) } }
}
