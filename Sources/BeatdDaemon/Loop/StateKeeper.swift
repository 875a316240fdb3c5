import BeatdCore
import Linux
import Log
import Systemd

/// Keeps the state on disk, off the loop; what can't be kept is said once, and tried again.
final class StateKeeper {
    /// What couldn't be saved is tried again this often, also when nothing changes.
    private static let retryPeriod = Duration.seconds(5)
    /// A state file that takes longer to write is told.
    private static let patience = Duration.seconds(2)

    private let file: StateFile
    private let workers: Workers
    private let log: Logger
    private let latest: () -> RememberedState
    private var timer: EventSource?
    /// Why a restart wouldn't know what is registered; nil where it would.
    private(set) var problem: String?

    /// `latest` gives what is to be remembered now.
    init(
        in directory: String, loop: EventLoop, workers: Workers, log: Logger, latest: @escaping () -> RememberedState
    ) throws(SystemCallError) {
        file = StateFile(in: directory)
        self.workers = workers
        self.log = log
        self.latest = latest
        timer = try loop.timer { [unowned self] in save(self.latest()) { _ in } }
    }

    /// What an earlier run left; nothing where it can't be read.
    func read() -> RememberedState? {
        let (state, trouble) = file.read()
        if let trouble { log.warning("State not read", [("reason", .text(trouble))]) }
        return state
    }

    /// Makes it durable after what was saved before, and says then what went wrong, or that it doesn't get on.
    func save(_ state: RememberedState, then: @escaping (String?) -> Void) {
        workers.submit(
            in: Lane(.own, key: "state", subject: "the folder of \(file.path)"), limit: Self.patience,
            { [file] in file.write(state) },
            then: { [weak self] answer in
                let trouble: String? =
                    switch answer {
                    case .value(let trouble), .late(let trouble): trouble
                    case .silence(let silence), .givenUp(let silence): silence.sentence(at: Clocks.boot())
                    }
                self?.saved(trouble)
                then(trouble)
            })
    }

    /// What is remembered at the end of the process.
    func saveLast(then: @escaping () -> Void) { save(latest()) { _ in then() } }

    private func saved(_ trouble: String?) {
        if let trouble, problem == nil {
            log.warning("State not saved; a restart would not know what is registered", [("reason", .text(trouble))])
        } else if trouble == nil, problem != nil {
            log.notice("State is saved again")
        }
        problem = trouble.map { "a restart would not know what is registered: the state can't be saved (\($0))" }
        if trouble != nil { timer?.arm(at: Clocks.boot() + Self.retryPeriod.nanoseconds) }
    }
}
