internal import BeatdCore
internal import Linux
internal import Systemd

/// Looks at pidfiles: each file is read on a thread of its mount, its process looked at on the loop.
///
/// A mount that doesn't answer costs its own looks only; each of them is told within its time-out, and nobody asks
/// there again until what hangs has returned.
final class PidfileLooks {
    /// Processes looked at in one turn of the loop: each takes some 40 µs, and a death must not wait for thousands.
    private static let mostPerTurn = 64
    /// Links from one file system to another; the kernel's own limit for all links of a path is no greater.
    private static let mostMounts = 40

    private let workers: Workers
    private let processes: ProcessWatch
    private let onReports: ([SightingReport]) -> Void
    private let mounts = Mounts()
    private var orders: [Order] = []
    private var arrived: [(order: Order, reading: PidfileReading)] = []
    /// How many of `arrived` are done.
    private var done = 0
    private var asking: EventSource?
    private var turn: EventSource?

    /// A look on its way.
    private struct Order {
        let look: LookOrder
        /// The rest of the way, after the links so far.
        var path: String
        let executable: String?
        let ordered: Instant
        var mounts = 0

        /// What is left of its time-out: a look that has to ask twice has no more time than others.
        var limit: Duration { max(ordered + look.target.timeout - Instant(nanoseconds: Clocks.boot()), .zero) }
    }

    init(
        loop: EventLoop, workers: Workers, processes: ProcessWatch, onReports: @escaping ([SightingReport]) -> Void
    ) throws(SystemCallError) {
        self.workers = workers
        self.processes = processes
        self.onReports = onReports
        asking = try loop.deferred { [unowned self] in self.ask() }
        turn = try loop.deferred { [unowned self] in self.performSome() }
    }

    /// Looks soon; orders that come together are asked for together.
    func begin(_ order: LookOrder, at path: String, executable: String?) {
        let now = Instant(nanoseconds: Clocks.boot())
        ask(Order(look: order, path: path, executable: executable, ordered: now))
    }

    private func ask(_ order: Order) {
        if orders.isEmpty { asking?.arm() }
        orders.append(order)
    }

    private func ask() {
        let now = orders
        orders = []
        let table = mounts.current
        for order in now {
            let mount = table.holder(of: order.path)
            let lane = Lane(.file, key: mount.device, subject: "the file system of \(mount.point)")
            workers.submit(
                in: lane, limit: order.limit, { [path = order.path] in PidfileReading(path, table) },
                then: { [weak self] in self?.take($0, for: order) })
        }
    }

    private func take(_ answer: Answer<PidfileReading>, for order: Order) {
        switch answer {
        case .value(let reading):
            if arrived.isEmpty { turn?.arm() }
            arrived.append((order, reading))
        case .silence(let silence), .givenUp(let silence): report(silence, order)
        case .late: break
        }
    }

    private func report(_ silence: Silence, _ order: Order) {
        let now = Instant(nanoseconds: Clocks.boot())
        let seen = Sighting.hindered(silence.sentence(at: now.nanoseconds))
        onReports([SightingReport(order: order.look.id, began: order.ordered, ended: now, seen: seen)])
    }

    private func performSome() {
        var reports: [SightingReport] = []
        for (order, reading) in arrived[done...].prefix(Self.mostPerTurn) {
            guard let seen = look(order, reading) else { continue }
            let ended = Instant(nanoseconds: Clocks.boot())
            reports.append(SightingReport(order: order.look.id, began: reading.began, ended: ended, seen: seen))
        }
        done = min(done + Self.mostPerTurn, arrived.count)
        if done == arrived.count {
            arrived.removeAll(keepingCapacity: true)
            done = 0
        } else {
            turn?.arm()
        }
        if !reports.isEmpty { onReports(reports) }
    }

    /// nil: a report comes later.
    private func look(_ order: Order, _ reading: PidfileReading) -> Sighting? {
        let path = order.look.target.pidfile
        switch reading.found {
        case .sighting(let seen):
            processes.forget(path)
            return seen
        case .elsewhere(let rest):
            guard order.mounts < Self.mostMounts else { return .pidfile(.unreadable("too many links")) }
            var order = order
            order.path = rest
            order.mounts += 1
            ask(order)
            return nil
        case .content(let stamp, let pid):
            let look = ProcessLook(pid: pid, stamp: stamp, usesPidfs: processes.usesPidfs)
            switch look.perform(wantsProgram: order.executable != nil) {
            case .seen(let seen, let held):
                processes.hold(held, for: path)
                return seen
            case .argumentsWanted(let held, let facts):
                readArguments(of: held, facts, look, order, reading)
                return nil
            }
        }
    }

    /// Has argv[0] read, which waits for the process where that changes its memory just then.
    private func readArguments(
        of held: HeldProcess?, _ facts: ProcessFacts, _ look: ProcessLook, _ order: Order, _ reading: PidfileReading
    ) {
        let pid = look.pid
        workers.submit(
            in: Lane(.process, key: "\(pid)", subject: "process \(pid) (its command line)"),
            limit: order.limit, { ProcessFacts.arguments0(of: pid) },
            then: { [weak self] answer in
                guard let self else { return }
                switch answer {
                case .value(let arguments0):
                    guard case .seen(let seen, let held) = look.finish(held, facts, arguments0: arguments0) else {
                        return
                    }
                    processes.hold(held, for: order.look.target.pidfile)
                    let ended = Instant(nanoseconds: Clocks.boot())
                    onReports([
                        SightingReport(order: order.look.id, began: reading.began, ended: ended, seen: seen)
                    ])
                case .silence(let silence), .givenUp(let silence): report(silence, order)
                case .late: break
                }
            })
    }
}

extension Target {
    /// The pidfile that it is.
    fileprivate var pidfile: String {
        guard case .pidfile(let path, _) = kind else { preconditionFailure("a look at no pidfile came to those") }
        return path
    }
}
