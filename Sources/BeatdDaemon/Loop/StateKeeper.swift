import BeatdCore
import Linux
import Log
import Systemd

/// Keeps the state on disk, off the loop; what can't be kept is said once, and tried again.
final class StateKeeper {
    /// What couldn't be saved is tried again this often, also when nothing changes.
    private static let retryPeriod = Duration.seconds(5)
    /// A state file that takes longer to write is told.
    static let patience = Duration.seconds(2)

    private let file: StateFile
    private let workers: Workers
    private let mounts: Mounts
    private let log: Logger
    private let latest: () -> RememberedState
    private var timer: EventSource?
    /// Why a restart wouldn't know what is registered; nil where it would.
    private(set) var problem: String?

    /// `latest` gives what is to be remembered now.
    init(
        in directory: String, _ patience: Patience, log: Logger, latest: @escaping () -> RememberedState
    ) throws(SystemCallError) {
        file = StateFile(in: directory)
        workers = patience.workers
        mounts = patience.mounts
        self.log = log
        self.latest = latest
        timer = try patience.loop.timer { [unowned self] in save(self.latest()) { _ in } }
    }

    /// What an earlier run left in that directory; nothing where it can't be read.
    static func read(from directory: String, _ patience: Patience, log: Logger) -> RememberedState? {
        let file = StateFile(in: directory)
        let (state, trouble): (RememberedState?, String?)
        do throws(Silence) {
            (state, trouble) = try patience.run(Self.lane, at: file.path, within: Self.patience) { file.read() }
        } catch { (state, trouble) = (nil, "\(file.path): \(error.sentence); starting without it") }
        if let trouble { log.warning("State not read", [("reason", .text(trouble))]) }
        return state
    }

    /// Whatever the state directory is asked for waits in one lane.
    static let lane = "state"

    /// Makes it durable after what was saved before, and says then what went wrong, or that it doesn't get on.
    func save(
        _ state: RememberedState, within limit: Duration = StateKeeper.patience, then: @escaping (String?) -> Void
    ) {
        workers.submit(
            in: Lane(.own, key: Self.lane, subject: mounts.subject(of: file.path)), limit: limit,
            { [file] in file.write(state) },
            then: { [weak self] answer in
                switch answer {
                case .value(let trouble):
                    self?.saved(trouble)
                    then(trouble)
                case .silence(let silence), .givenUp(let silence):
                    self?.saved(silence.sentence)
                    then(silence.sentence)
                case .late:
                    // What came meanwhile was given up.
                    guard let self else { return }
                    save(latest(), then: { _ in })
                }
            })
    }

    /// What is remembered at the end of the process, which waits for it that long.
    func saveLast(within limit: Duration, then: @escaping () -> Void) {
        save(latest(), within: min(limit, Self.patience)) { _ in then() }
    }

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
