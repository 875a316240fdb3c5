import BeatdCore
import BeatdHost
import BeatdNacos
import BeatdSystemd
import HTTPClient
import HTTPServer
import Linux
import Log
import Systemd

/// One running beatd: the loop, the heart and every driver, wired.
final class Daemon {
    /// The addresses of this host are read again this often; a change of them is no event here.
    private static let addressPeriod = Duration.seconds(5)
    /// Refusals of single writes that are logged; 'beatd status' shows them all.
    private static let mostRefusalsAMinute = 20
    /// A second signal ends the process within a second: the goodbyes have half of this, what is left to do the rest.
    private static let hurry = Duration.milliseconds(600)
    /// Of `stop-timeout`, what is left for the state, the lock and the socket.
    private static let lastWordsTime = Duration.milliseconds(500)
    /// STATUS= and the registry's log lines follow changes at most this late.
    private static let statusPeriod = Duration.seconds(1)

    private let loop: EventLoop
    private let configuration: AgentConfiguration
    private let source: ConfigurationSource
    private let log: Logger
    private let patience: Patience
    private let names: Names
    private let reactor: ReactorLoop
    private let startedAt = Instant(nanoseconds: Clocks.boot())
    private var drivers: Drivers?
    private var notifier = ServiceNotifier()
    private var view = View()
    private var sources = Sources()
    private let deeds: LastDeeds
    private var lastWords = LastWords()

    private var workers: Workers { patience.workers }

    /// Where the end stands, once all goodbyes are said.
    private struct LastWords {
        /// At most that much later the process ends; nil before the stop.
        var deadline: Instant?
        /// Who isn't done yet.
        var speaking = 0
    }

    private struct Sources: ~Copyable {
        var terminate: EventSource?
        var interrupt: EventSource?
        var hangup: EventSource?
        var addresses: EventSource?
    }

    init(
        _ configuration: AgentConfiguration, source: ConfigurationSource, log: Logger, patience: Patience,
        deeds: LastDeeds
    ) throws(StartError) {
        self.configuration = configuration
        self.source = source
        self.log = log
        self.patience = patience
        self.deeds = deeds
        loop = patience.loop
        names = Names(workers: patience.workers)
        do throws(SystemCallError) {
            reactor = try ReactorLoop(loop: loop, settings: configuration.settings)
        } catch { throw StartError(sentence: error.description) }
    }

    /// Runs until it is told to stop and everything is said.
    func run(control socket: consuming Descriptor) throws(StartError) -> ExitCode {
        let link = try makeLink()
        do throws(SystemCallError) {
            try start(link, control: socket)
            try loop.run()
        } catch { throw StartError(sentence: error.description) }
        // The connections end here: a thread that hangs keeps open what the process has open.
        reactor.stop()
        drivers = nil
        sources = Sources()
        let stuck = workers.stuck
        if !stuck.isEmpty {
            log.warning(
                "A thread still waits for \(stuck.joined(separator: " and for ")); the kernel may keep the process until it answers"
            )
        }
        return view.exit ?? .success
    }

    private func start(_ link: RegistryLink, control socket: consuming Descriptor) throws(SystemCallError) {
        let remembered = StateKeeper.read(from: configuration.stateDirectory, patience, log: log)
        try listenToSignals()
        let processes = try ProcessWatch(loop: loop) { [unowned self] in reactor.send(.exited($0)) }
        let addresses = addresses()
        let looks = try HostLooks(
            loop: loop, workers: workers, processes: processes, addresses: addresses,
            onDiagnosisClosed: { [unowned self] in tell(diagnosisClosedBy: $0) },
            onReports: { [unowned self] in reactor.send(.saw($0)) })
        let directory = try DescriptorDirectory(
            loop: loop, workers: workers, settings: configuration.descriptors,
            stateDirectory: configuration.stateDirectory
        ) { [unowned self] in take($0) }
        let state = try StateKeeper(
            in: configuration.stateDirectory, patience, log: log
        ) { [unowned self] in reactor.heart.remembered }
        let reloads = try makeReloads(directory)
        let api = ControlAPI(
            permission: { [unowned self] in drivers?.control.permission ?? ControlPermission() },
            report: { [unowned self] in report() },
            instance: { [unowned self] in reactor.heart.report.instance($0) },
            reload: { [unowned reloads] in reloads.request(for: $0) })
        let control = try ControlSocket(
            loop: loop, workers: workers, path: configuration.controlSocket, listening: socket, log: log
        ) { api.answer($0, $1) }
        drivers = Drivers(
            directory: directory, looks: looks, processes: processes, link: link, control: control, reloads: reloads,
            tidying: Tidying { [workers] in workers.trimHeap() }, state: state)
        reactor.start(performers(link: link, looks: looks, processes: processes))
        restore(remembered, with: state)
        reactor.send(.addresses(addresses))
        try watchAddresses()
        directory.start()
    }

    private func makeLink() throws(StartError) -> RegistryLink {
        do throws(LinkError) {
            return try RegistryLink(
                loop: loop, names: names, connectTimeout: configuration.settings.registry.timeout,
                heart: RegistryLink.Heart(
                    nextWrite: { [unowned self] in reactor.nextWrite(on: $0) },
                    mayFinish: { [unowned self] in reactor.mayFinish($0) },
                    onEvents: { [unowned self] in reactor.send($0) }))
        } catch { throw StartError(sentence: error.sentence) }
    }

    private func performers(
        link: RegistryLink, looks: HostLooks, processes: ProcessWatch
    ) -> ReactorLoop.Performers {
        ReactorLoop.Performers(
            look: { looks.perform($0) }, watch: { processes.watch($0) }, unwatch: { processes.unwatch($0) },
            open: { link.open($0, to: $1) }, close: { link.close($0) }, write: { link.write(on: $0) },
            save: { [unowned self] in save($0, $1) }, transition: { [unowned self] in tell($0) },
            refused: { [unowned self] in tell(refused: $1, of: $0, $2) },
            ready: { [unowned self] in
                notifier.ready()
                log.info("Ready", [("instances", .number(reactor.heart.report.names.count))])
            },
            finished: { [unowned self] in finish(left: $0) }, changed: { [unowned self] in changed() })
    }

    // MARK: State

    private func restore(_ remembered: RememberedState?, with keeper: StateKeeper) {
        var state = remembered ?? RememberedState()
        if state.boot != ProcessFacts.bootID { state.aliveSince = [:] }
        state.boot = ProcessFacts.bootID
        reactor.send(.restored(state))
        // Whether anything can be kept at all shows now, not with the first change.
        keeper.save(reactor.heart.remembered) { _ in }
    }

    private func save(_ version: UInt64, _ state: RememberedState) {
        drivers?.state.save(state) { [weak self] in self?.reactor.send(.saved(version: version, error: $0)) }
    }

    // MARK: Folder and host

    private func take(_ report: DescriptorReport) {
        if report.problem != view.problem {
            view.problem = report.problem
            view.isStale = true
            if let problem = report.problem {
                log.warning("Descriptors not read; what was known goes on", [("reason", .text(problem))])
            } else {
                log.notice("Descriptors are read again")
            }
        }
        for notice in report.notices where !view.notices.contains(notice) {
            log.warning("Descriptors are looked after less well", [("reason", .text(notice))])
        }
        view.notices = report.notices
        view.refused = Set(report.set.rejected.compactMap(\.name))
        for first in report.newlyRejected {
            for rejection in [first] + (report.further[first.file] ?? []) {
                log.warning("Descriptor refused", LogOutput.fields(rejection))
            }
        }
        for warning in report.newWarnings {
            log.warning(
                "Descriptor is odd", [("file", .text(warning.file)), ("reason", .text(warning.warning.sentence))])
        }
        reactor.send(.descriptors(report.set))
    }

    private func watchAddresses() throws(SystemCallError) {
        sources.addresses = try loop.timer { [unowned self] in
            sources.addresses?.arm(at: (Instant(nanoseconds: Clocks.boot()) + Self.addressPeriod).nanoseconds)
            readAddresses()
        }
        sources.addresses?.arm(at: (Instant(nanoseconds: Clocks.boot()) + Self.addressPeriod).nanoseconds)
    }

    private func readAddresses() {
        let addresses = addresses()
        drivers?.looks.addresses = addresses
        reactor.send(.addresses(addresses))
    }

    /// Where there is no default route, callers find this host as the registry does.
    private func addresses() -> AddressSet {
        let registry = reactor.heart.report.registry.current.server.host
        let known = names.known(registry)
        let addresses = HostAddresses.read(towards: known)
        if addresses.source == nil, known.isEmpty {
            // Without an address nothing is registered, so no connection asks for the name.
            names.learn(registry, within: configuration.settings.registry.timeout) { [weak self] found in
                if !found.isEmpty { self?.readAddresses() }
            }
        }
        return addresses
    }

    // MARK: Signals and the end

    private func listenToSignals() throws(SystemCallError) {
        sources.terminate = try loop.signal(.terminate) { [unowned self] in stop() }
        sources.interrupt = try loop.signal(.interrupt) { [unowned self] in stop() }
        sources.hangup = try loop.signal(.hangup) { [unowned self] in drivers?.reloads.request() }
    }

    /// The first signal says goodbye for everything, within `stop-timeout`; the second ends it within a second.
    private func stop() {
        guard lastWords.speaking == 0 else { return end() }
        let now = Instant(nanoseconds: Clocks.boot())
        let isFirst = view.exit == nil
        view.exit = .success
        let limit = isFirst ? configuration.stopTimeout : Self.hurry
        if isFirst {
            notifier.stopping(atMost: limit)
            log.notice("Stopping; saying goodbye for every instance", [("limit", "\(limit)")])
            drivers?.reloads.stop()
        }
        lastWords.deadline = now + limit
        reactor.send(.stopping(.deregister, deadline: now + limit - min(Self.lastWordsTime, limit / 2)))
    }

    private func finish(left: [Leftover]) {
        for name in Set(left.map(\.name)).sorted() {
            log.warning("Not deregistered; it lapses by itself", [("instance", .text(name))])
        }
        lastWords.speaking = 2
        let rest = (lastWords.deadline ?? .never) - Instant(nanoseconds: Clocks.boot())
        drivers?.control.stop(within: LastDeeds.limit) { [unowned self] in said() }
        drivers?.state.saveLast(within: max(rest - LastDeeds.limit, LastDeeds.limit)) { [unowned self] in said() }
    }

    private func said() {
        lastWords.speaking -= 1
        if lastWords.speaking == 0 { end() }
    }

    private func end() { deeds.perform { [loop] in loop.exit() } }

    // MARK: Reloads

    private func makeReloads(_ directory: DescriptorDirectory) throws(SystemCallError) -> Reloads {
        try Reloads(
            loop: loop, file: source.path, descriptors: configuration.descriptors,
            daemon: Reloads.Daemon(
                load: { [source, patience] in source.load(patience, then: $0) }, apply: { [unowned self] in apply($0) },
                rescan: { directory.rescanNow(with: $0, then: $1) },
                rejected: { [unowned self] in reactor.heart.report.rejected },
                problem: { [unowned directory] in directory.problem },
                registry: { [unowned self] in reactor.heart.report.registry },
                status: { [unowned self] in reactor.heart.report.instance($0) },
                isReady: { [unowned self] in reactor.heart.isReady },
                began: { [unowned self] in notifier.reloading() },
                ended: { [unowned self] in reloaded($0, isTold: $1) }))
    }

    /// Takes what can be changed while it runs; gives the keys that can't.
    private func apply(_ new: AgentConfiguration) -> [String] {
        for warning in new.warnings { log.warning("Configuration is odd", [("reason", .text(warning.description))]) }
        drivers?.link.connectTimeout = new.settings.registry.timeout
        drivers?.control.askForGroup()
        reactor.send(.configured(new.settings))
        let keys = new.unchangeable(from: configuration)
        for key in keys { log.warning("This key changes only with a restart", [("key", .text(key))]) }
        return keys
    }

    private func reloaded(_ result: ReloadResult, isTold: Bool) {
        if let refusal = drivers?.reloads.refusedConfiguration {
            log.warning("Configuration refused; the running one goes on", LogOutput.fields(refusal))
        }
        log.notice(
            "Reloaded",
            [("applied", LogOutput.list(result.applied)), ("refused", .number(result.refused.count))])
        view.isStale = true
        if isTold { notifier.ready() }
    }

    // MARK: Telling people

    private func tell(_ transition: Transition) {
        view.isStale = true
        drivers?.tidying.changed()
        // That a file is refused was said with its line and key.
        if transition.phase == .rejected, view.refused.contains(transition.name) { return }
        log.notice(
            "Instance changed phase",
            [
                ("instance", .text(transition.name)), ("from", .text(transition.from?.rawValue ?? "new")),
                ("phase", .text(transition.phase?.rawValue ?? "removed")), ("reason", .text(transition.reason)),
            ])
    }

    /// What the registry says about one instance, in its own words; not thousands of times where it refuses all.
    private func tell(refused kind: WriteClass, of name: String, _ refusal: Refusal) {
        view.isStale = true
        let now = Instant(nanoseconds: Clocks.boot())
        if let since = view.refusals?.since, now - since < .seconds(60) {
            view.refusals?.count += 1
        } else {
            view.refusals = (now, 1)
        }
        switch view.refusals?.count ?? 1 {
        case ...Self.mostRefusalsAMinute:
            log.warning(
                "Registry refused the \(kind.noun)", [("instance", .text(name)), ("reason", .text(refusal.sentence))])
        case Self.mostRefusalsAMinute + 1:
            log.warning("More refusals are not told one by one for a minute; 'beatd status' shows them")
        default: break
        }
    }

    private func tell(diagnosisClosedBy error: SystemCallError?) {
        if let error {
            log.warning(
                "Socket diagnosis is closed to beatd; port probes connect instead",
                [("reason", .text(error.description))])
        } else {
            log.notice("Socket diagnosis is open again")
        }
    }

    /// After each burst of events, at most once a second: the registry's state, the one line for systemd, the heap.
    private func changed() {
        notifier.retry()
        let now = Instant(nanoseconds: Clocks.boot())
        if let last = view.statusAt, now - last < Self.statusPeriod { return }
        view.statusAt = now
        drivers?.tidying.look()
        let registry = reactor.heart.report.registry
        tell(registry)
        guard view.isStale else { return }
        view.isStale = false
        notifier.status(report().line)
    }

    /// What works less well than it should, apart from instances, files and registry.
    private var attention: [String] {
        [drivers?.state.problem, drivers?.control.problem].compactMap(\.self) + view.notices
    }

    private func tell(_ registry: RegistryStatus) {
        let state = registry.state
        guard registry.current.server != view.registry?.server || state != view.registry?.state else { return }
        let server = [(key: "server", value: LogValue.text(registry.current.server.url))]
        let why = [(key: "reason", value: LogValue.text(registry.lastError ?? "-"))]
        switch state {
        case .unknown: return
        case .ok: log.notice("Registry accepts", server)
        case .refusing: log.warning("Registry refuses; trying on", server + why)
        case .unreachable: log.warning("Registry does not answer; trying on", server + why)
        }
        view.registry = (registry.current.server, state)
        view.isStale = true
    }

    private func report() -> StatusReport {
        let now = Instant(nanoseconds: Clocks.boot())
        return StatusReport(
            version: Version.current, pid: Accounts.pid, startedAt: startedAt, ready: reactor.heart.isReady,
            registry: reactor.heart.report.registry, problem: drivers?.directory.problem ?? view.problem,
            attention: attention, calendar: Calendar(wall: Clocks.wall(), now: now),
            source: StatusReport.Source(
                names: { [unowned self] in reactor.heart.report.names },
                instance: { [unowned self] in reactor.heart.report.instance($0) },
                summary: { [unowned self] in reactor.heart.report.summary },
                rejected: { [unowned self] in
                    [drivers?.reloads.refusedConfiguration].compactMap(\.self) + reactor.heart.report.rejected
                }, now: { Instant(nanoseconds: Clocks.boot()) }))
    }
}
