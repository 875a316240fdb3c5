import FoundationEssentials
import Linux
import TestSupport

/// A beatd of one test's own: its folder, its configuration, its process and what it says.
final class Agent {
    let folder: TemporaryDirectory
    let descriptors: TemporaryDirectory
    private(set) var process: TestProcess?
    private let extra: String
    private let registry: String
    /// How often it was started.
    private var runs = 0

    /// `registry` is host:port; `yaml` are further lines of beatd.yaml.
    init(registry: String, yaml: String = "", isStarted: Bool = true) throws {
        folder = try TemporaryDirectory()
        descriptors = try TemporaryDirectory()
        self.registry = registry
        extra = yaml
        try configure()
        if isStarted { try start() }
    }

    var configuration: String { folder.path("beatd.yaml") }
    var socket: String { folder.path("control.sock") }
    var state: String { folder.path("state") }
    var errorFile: String { folder.path("stderr.\(runs)") }

    /// Writes beatd.yaml.
    func configure(directory: String? = nil, settle: String = "50ms") throws {
        try folder.write(
            """
            registry: { servers: [\(registry)], timeout: 1s }
            descriptors: { directory: \(directory ?? descriptors.path), settle: \(settle) }
            state-directory: \(state)
            control-socket: \(socket)
            \(extra)

            """, to: "beatd.yaml")
    }

    /// Starts it and waits until it answers; `runner` are words in front of the program's.
    func start(
        asNobody: Bool = false, runner: [String] = [], environment: [String: String] = [:]
    ) throws {
        try launch(asNobody: asNobody, runner: runner, environment: environment)
        try eventually { (try? status()) != nil }
    }

    /// Starts it and waits for nothing.
    func launch(asNobody: Bool = false, runner: [String] = [], environment: [String: String] = [:]) throws {
        runs += 1
        let beatd = [asNobody ? folder.path("beatd") : Surroundings.product("beatd"), "run", "--config", configuration]
        let words = runner + (asNobody ? Self.nobody : []) + beatd
        process = try TestProcess(
            words[0], Array(words.dropFirst()), environment: environment, error: .file(errorFile))
    }

    /// Socket diagnosis is closed to the program (seccomp(2)).
    static let withoutDiagnosis = [
        "/usr/bin/perl", Surroundings.root + "/Tests/EndToEndTests/Harness/without-diagnosis.pl",
    ]

    /// In front of a program's words.
    static let nobody = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]

    /// Lets user nobody live in its folders: what is in them stays root's.
    ///
    /// The program is copied: the tree may be in a folder that is closed to others.
    func openToNobody() throws {
        let copy = try Command.run("/bin/cp", [Surroundings.product("beatd"), folder.path("beatd")])
        guard copy.code == 0 else { throw Unexpected(copy.error) }
        try Files.setMode(0o777, of: folder.path)
        try Files.setMode(0o644, of: configuration)
    }

    /// SIGKILL, and gone when this returns.
    func kill() throws {
        process?.kill()
        try process?.awaitEnding()
    }

    /// A signal, then its end.
    func end(by signal: Int32) throws -> ChildProcess.Ending? {
        process?.send(signal)
        return try process?.awaitEnding()
    }

    /// Standard error of this run so far.
    var log: String { (try? TextFile.read(errorFile)) ?? "" }

    /// Waits until that text stands on standard error.
    func waitLog(_ text: String) throws {
        do { try eventually { log.contains(text) } } catch is TimedOut {
            throw Unexpected("'\(text)' is not in the log:\n\(log)")
        }
    }

    func status() throws -> Status {
        let answer = try Ask.socket(socket, "/v1/status")
        return try JSONDecoder().decode(Status.self, from: Data(answer.body.utf8))
    }

    /// Waits until the status is as wanted; gives it.
    @discardableResult
    func wait(limit: Duration = .seconds(20), until isWanted: (Status) -> Bool) throws -> Status {
        var latest: Status?
        do {
            try eventually(limit: limit) {
                let now = try status()
                latest = now
                return isWanted(now)
            }
        } catch is TimedOut {
            throw Unexpected("not within \(limit); the status was \(latest.map { "\($0)" } ?? "none")\n\(log)")
        }
        guard let latest else { throw Unexpected("no status") }
        return latest
    }

    /// Waits until an instance is in a phase; gives it.
    @discardableResult
    func phase(_ phase: String, of name: String, limit: Duration = .seconds(20)) throws -> Status.Instance {
        let status = try wait(limit: limit) { $0[name]?.phase == phase }
        guard let found = status[name] else { throw Unexpected("no \(name)") }
        return found
    }

    /// Drops a descriptor as a careful person would.
    func drop(_ text: String, as file: String) throws { try descriptors.move(text, to: file) }

    /// Drops one with two beats a second for a service, guarded by its pidfile and its port.
    func drop(_ name: String, guarding service: LegacyService, beat: String = beat, more: String = "") throws {
        try drop(Self.descriptor(name, guarding: service, beat: beat, more: more), as: "\(name).yaml")
    }

    /// Two beats a second.
    static let beat = "interval: 500ms, timeout: 3s, delete-after: 6s"

    static func descriptor(
        _ name: String, guarding service: LegacyService, beat: String = beat, more: String = ""
    ) -> String {
        """
        service: \(name)
        port: \(service.port)
        address: 127.0.0.1
        beat: { \(beat) }
        probes:
          - pidfile: { path: \(service.pidfile), interval: 500ms }
          - tcp: { port: \(service.port), interval: 500ms }
        \(more)

        """
    }
}
