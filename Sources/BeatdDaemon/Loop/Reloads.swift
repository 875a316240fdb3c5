import BeatdCore
import BeatdHost
import Linux
import Systemd

/// Reads everything again, for SIGHUP and for the command alike: one at a time; who asks meanwhile gets the next.
final class Reloads {
    /// How a request ended.
    enum Outcome {
        case done(ReloadResult)
        /// beatd stops, or begins to before the reload is done.
        case stopping
        case tooMany
    }

    /// What it needs of the daemon around it.
    struct Daemon {
        var load: (@escaping (Result<AgentConfiguration, ConfigurationSource.Trouble>) -> Void) -> Void
        /// Gives the keys that take a restart.
        var apply: (AgentConfiguration) -> [String]
        var rescan: (DescriptorSettings, @escaping (DescriptorReport) -> Void) -> Void
        /// Every refused file, twins included.
        var rejected: () -> [Rejection]
        /// Why the folder can't be read; nil where it can.
        var problem: () -> String?
        var registry: () -> RegistryStatus
        var status: (String) -> InstanceStatus?
        /// Whether READY was said: a reload before it must not say it.
        var isReady: () -> Bool
        var began: () -> Void
        /// The flag says whether `began` was called for it.
        var ended: (ReloadResult, Bool) -> Void
    }

    /// Somebody who wants a reload, and to hear of it.
    struct Asker {
        /// And of what changed: whether it is up or why not, at most that much later.
        var wait: Duration?
        /// Whether nobody would hear the answer any more.
        var isGone: () -> Bool
        var then: (Outcome) -> Void
    }

    /// Of all who wait for an answer; each holds one of the control socket's connections.
    static let mostAskers = 16
    /// What is not up yet is looked at again this often.
    private static let pause = Duration.milliseconds(100)

    private let daemon: Daemon
    private let file: String
    /// Of the configuration that is in force.
    private var descriptors: DescriptorSettings
    /// Why beatd.yaml was refused by the latest reload; nil where it was taken.
    private(set) var refusedConfiguration: Rejection?
    /// Who asked while none ran, or while one ran that may have passed what they mean.
    private var asked: [Asker] = []
    private var isWanted = false
    /// Whom the running one serves; nil while none runs.
    private var served: [Asker]?
    private var waits: [(wait: ReloadWait, asker: Asker)] = []
    private var isStopped = false
    private var timer: EventSource?

    /// `file` is where beatd.yaml stands, `descriptors` what it said at the start.
    init(
        loop: EventLoop, file: String, descriptors: DescriptorSettings, daemon: Daemon
    ) throws(SystemCallError) {
        self.daemon = daemon
        self.file = file
        self.descriptors = descriptors
        timer = try loop.timer(priority: .people) { [unowned self] in lookAtWaits() }
    }

    /// Reads everything again and tells nobody.
    func request() {
        isWanted = true
        beginIfIdle()
    }

    /// Reads everything again and tells the asker.
    func request(for asker: Asker) {
        guard !isStopped else { return asker.then(.stopping) }
        if count >= Self.mostAskers { forgetGone() }
        guard count < Self.mostAskers else { return asker.then(.tooMany) }
        asked.append(asker)
        beginIfIdle()
    }

    private var count: Int { asked.count + (served?.count ?? 0) + waits.count }

    private func forgetGone() {
        asked.removeAll { $0.isGone() }
        waits.removeAll { $0.asker.isGone() }
    }

    /// Answers everyone who still waits; nothing is read any more.
    func stop() {
        isStopped = true
        let all = (served ?? []).map(\.then) + asked.map(\.then) + waits.map(\.asker.then)
        (served, asked, waits) = (nil, [], [])
        for then in all { then(.stopping) }
    }

    private func beginIfIdle() {
        guard !isStopped, served == nil, isWanted || !asked.isEmpty else { return }
        served = asked
        asked = []
        isWanted = false
        let isTold = daemon.isReady()
        if isTold { daemon.began() }
        let before = rejected
        daemon.load { [weak self] result in self?.loaded(result, before: before, isTold) }
    }

    private func loaded(
        _ result: Result<AgentConfiguration, ConfigurationSource.Trouble>, before: [Rejection], _ isTold: Bool
    ) {
        guard !isStopped else { return }
        var unchangeable: [String] = []
        switch result {
        case .success(let new):
            refusedConfiguration = nil
            unchangeable = daemon.apply(new)
            descriptors = new.descriptors
        case .failure(let trouble): refusedConfiguration = trouble.rejection(of: file)
        }
        daemon.rescan(descriptors) { [weak self] report in
            guard let self, !isStopped else { return }
            var result = ReloadResult(
                report, before: before, now: rejected, configuration: refusedConfiguration)
            result.unchangeable = unchangeable
            finish(result, isTold)
        }
    }

    /// All that is refused, and the folder itself where it can't be read.
    private var rejected: [Rejection] {
        let folder = daemon.problem().map { Rejection(name: nil, file: descriptors.directory, error: $0) }
        return [folder].compactMap(\.self) + daemon.rejected()
    }

    private func finish(_ result: ReloadResult, _ isTold: Bool) {
        let askers = served ?? []
        served = nil
        daemon.ended(result, isTold)
        let now = Instant(nanoseconds: Clocks.boot())
        for asker in askers {
            if let wait = asker.wait {
                waits.append((ReloadWait(result, until: now + wait), asker))
            } else {
                asker.then(.done(result))
            }
        }
        lookAtWaits()
        beginIfIdle()
    }

    private func lookAtWaits() {
        let now = Instant(nanoseconds: Clocks.boot())
        let registry = daemon.registry()
        var next = now + Self.pause
        var done: [() -> Void] = []
        waits = waits.compactMap { entry in
            var (wait, asker) = entry
            switch wait.look(at: now, registry: registry, status: daemon.status) {
            case .done:
                done.append { asker.then(.done(wait.result)) }
                return nil
            case .more: next = now
            case .later: break
            }
            return (wait, asker)
        }
        if !waits.isEmpty { timer?.arm(at: next.nanoseconds) }
        for tell in done { tell() }
    }
}
