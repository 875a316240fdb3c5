import BeatdCore
import BeatdHost
import Linux
import Systemd

/// Finds beatd.yaml and everything that wins over it (contract 4).
struct ConfigurationSource: Sendable {
    static let defaultPath = "/etc/beatd/beatd.yaml"
    /// Size limit of a configuration file (contract 2).
    static let largestFile = 64 << 10

    /// Why there is no configuration.
    enum Trouble: Error {
        /// The file that was named isn't there.
        case missing(String)
        case bad(String)
        /// It was read, and something in it, in the environment or in `--set` is wrong.
        case refused(InputError, all: [InputError])

        /// Each thing that is wrong.
        var sentences: [String] {
            switch self {
            case .missing(let sentence), .bad(let sentence): [sentence]
            case .refused(_, let all): all.map(\.description)
            }
        }

        /// The same for `rejected` and a reload's `refused`: the file at `path` is called `beatd.yaml` there (contract 4).
        func rejection(of path: String) -> Rejection {
            var rejection: Rejection
            switch self {
            case .missing(let sentence), .bad(let sentence):
                rejection = Rejection(name: nil, file: path, error: sentence)
            case .refused(let error, _): rejection = Rejection(error, name: nil, file: path)
            }
            rejection.file = "beatd.yaml"
            return rejection
        }
    }

    let path: String
    let isNamed: Bool
    let options: [String]
    /// Whether owner, mode and links of the file are judged; `check` judges only what stands in the configuration folder.
    let isJudged: Bool

    init(_ arguments: Arguments, isJudged: Bool) {
        let named = arguments.value("config") ?? Environment.value("BEATD_CONFIG")
        path = named ?? Self.defaultPath
        isNamed = named != nil
        options = arguments.values("set")
        self.isJudged = isJudged
    }

    /// A file system that doesn't answer for longer is told.
    static let patience = Duration.seconds(5)

    /// The same, which waits for the file at most `patience`.
    func load(_ patience: Patience) throws(Trouble) -> AgentConfiguration {
        let result: Result<AgentConfiguration, Trouble>
        do throws(Silence) {
            result = try patience.run("configuration", at: path, within: Self.patience) { self.result }
        } catch { throw trouble(error) }
        return try result.get()
    }

    /// The same for who has a loop that turns.
    func load(_ patience: Patience, then: @escaping (Result<AgentConfiguration, Trouble>) -> Void) {
        patience.workers.submit(
            in: Lane(.own, key: "configuration", subject: patience.mounts.subject(of: path)), limit: Self.patience,
            { result },
            then: { answer in
                switch answer {
                case .value(let result): then(result)
                case .silence(let silence), .givenUp(let silence): then(.failure(trouble(silence)))
                case .late: break
                }
            })
    }

    /// What `load` comes to, as a value.
    private var result: Result<AgentConfiguration, Trouble> { Result { () throws(Trouble) in try load() } }

    /// Why a file that doesn't answer says nothing.
    private func trouble(_ silence: Silence) -> Trouble { .bad("\(path): \(silence.sentence)") }

    func load() throws(Trouble) -> AgentConfiguration {
        let file = try read()
        let environment = Environment.values(startingWith: "BEATD_")
        let sources = ConfigurationSources(file: file, environment: environment, options: options)
        do throws(InputError) {
            return try ConfigurationDecoding.decode(sources, seed: UInt64.random(in: .min ... .max))
        } catch {
            throw .refused(error, all: ConfigurationDecoding.errors(sources, first: error))
        }
    }

    /// A link out of the file's folder is refused: whoever may write where it leads would be the administrator.
    private func openInFolder() throws(SystemCallError) -> Descriptor {
        let slash = path.lastIndex(of: "/")
        let folder = try Files.openFolder(slash.map { String(path[...$0]) } ?? ".")
        return try Files.open(slash.map { String(path[path.index(after: $0)...]) } ?? path, beneath: folder)
    }

    private func read() throws(Trouble) -> ConfigurationSources.File? {
        let found: (status: FileStatus, bytes: [UInt8])
        do throws(SystemCallError) {
            let file = isJudged ? try openInFolder() : try Files.open(path)
            let status = try Files.status(of: file)
            found = (status, status.kind == .regular ? try Files.read(file, limit: Self.largestFile + 1) : [])
        } catch {
            guard error.isNotFound else { throw .bad("\(path): \(FileSafety.sentence(error))") }
            guard isNamed else { return nil }
            throw .missing("no such file: \(path)")
        }
        guard found.status.kind == .regular else {
            throw .bad("\(path): is \(found.status.kind.rawValue), not a regular file")
        }
        if isJudged, let why = FileSafety.problem(with: found.status) { throw .bad("\(path): the file \(why)") }
        guard found.bytes.count <= Self.largestFile else { throw .bad("\(path): larger than 64 KiB") }
        return ConfigurationSources.File(name: path, bytes: found.bytes)
    }
}
