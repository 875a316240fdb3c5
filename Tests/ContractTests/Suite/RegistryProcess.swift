import Linux
import TestSupport

/// A registry that the suite started: the development registry as a child, or a real one by its script.
final class RegistryProcess {
    /// Why it isn't there.
    struct Failed: Error, CustomStringConvertible { let description: String }

    let target: Target
    private let folder: TemporaryDirectory
    private var child: TestProcess?
    /// Of a real one: where its script finds it again.
    private var home: String?
    private var starting: TestProcess?

    /// What the suite can't wait for is shortened, in the real ones by their own properties.
    private static let shortened = [
        "nacos.naming.clean.empty-service.interval=5000", "nacos.naming.clean.empty-service.expired-time=20000",
        "nacos.naming.clean.expired-metadata.interval=5000", "nacos.naming.clean.expired-metadata.expired-time=20000",
    ]
    private static var script: String { "\(Surroundings.shared)/registries/nacos.sh" }

    /// The development registry.
    init(_ kind: TargetKind, _ options: [String] = [], contextPath: String = "/nacos") throws {
        folder = try TemporaryDirectory()
        let standard = ["--port", "0", "--quiet", "--empty-service-timeout", "20s", "--edit-timeout", "20s"]
        let said = folder.path("stderr")
        child = try TestProcess(
            Surroundings.product("beatd-dev-registry"), standard + kind.options + options, error: .file(said))
        var port: Int?
        try eventually {
            let text = String(decoding: try Files.read(Files.open(said), limit: 4096), as: UTF8.self)
            guard text.hasSuffix("\n"), let start = text.firstRange(of: "127.0.0.1:")?.upperBound else { return false }
            port = Int(text[start...].prefix { $0.isNumber })
            return port != nil
        }
        guard let port, let address = SocketAddress("127.0.0.1", port: port) else {
            throw Failed(description: "the development registry did not say where it listens")
        }
        target = Target(kind: kind, address: address, contextPath: contextPath)
    }

    /// A real Nacos, in a home of its own that goes away with it.
    ///
    /// Begins to start it; `isReady` waits for that.
    init(real kind: TargetKind) throws {
        folder = try TemporaryDirectory()
        let port = try Self.freePort(for: kind)
        let home = "/var/tmp/beatd-contract-\(Accounts.pid)-\(kind.rawValue.replacing(" ", with: "-"))"
        try Files.makeFolders(home)
        self.home = home
        guard let address = SocketAddress("127.0.0.1", port: port), let version = kind.folder else {
            throw Failed(description: "no address or no version")
        }
        target = Target(kind: kind, address: address)
        let set = (Self.shortened + kind.properties).flatMap { ["--set", $0] }
        starting = try TestProcess(
            "/bin/bash",
            [Self.script, "start", "\(Surroundings.shared)/registries/\(version)", "--port", "\(port)", "--home", home]
                + set, error: .file(folder.path("stderr")))
    }

    /// Waits until a real one takes all, also what goes through Raft: a leader is found after the first answers.
    func isReady() async throws {
        guard starting != nil else { return }
        try await hasStarted()
        let session = Session(target, number: 0)
        let parameters = ["serviceName=warm-up", "ip=10.255.0.1", "port=1", "ephemeral=false"]
        for _ in 0..<300 {
            let reply =
                try? target.kind.hasV1
                ? session.ask("POST", "instance", parameters) : session.v3("POST", parameters)
            if reply?.status == 200 { return }
            try await Pause.pass(.milliseconds(100))
        }
        throw Failed(description: "no persistent instance can be registered")
    }

    /// Waits until the script of a real one says that it answers.
    func hasStarted() async throws {
        guard let starting else { return }
        for _ in 0..<2000 where !starting.hasEnded { try await Pause.pass(.milliseconds(100)) }
        guard starting.ending == .exited(0) else {
            let said = try? Files.read(Files.open(folder.path("stderr")), limit: 4096)
            throw Failed(description: "nacos.sh: \(String(decoding: said ?? [], as: UTF8.self))")
        }
    }

    func stop() {
        child?.terminate()
        child = nil
        if let home { Self.remove(home: home) }
        home = nil
    }

    static func remove(home: String) {
        let stopping = try? TestProcess("/bin/bash", [script, "stop", "--home", home], error: .null)
        _ = try? stopping?.awaitEnding(limit: .seconds(60))
        let removing = try? TestProcess("/bin/rm", ["-rf", home])
        _ = try? removing?.awaitEnding(limit: .seconds(60))
    }

    /// A port whose neighbours, which a real one takes too, are free as well; two that start at once never meet.
    private static func freePort(for kind: TargetKind) throws -> Int {
        let first = 18_848 + Int(Accounts.pid % 90) * 10 + (kind == .nacos31 ? 5 : 0)
        for port in stride(from: first, to: first + 8000, by: 10) {
            let all = [port, port + 1000, port + 1001, port - 1000]
            let isFree = all.allSatisfy { port in
                guard let address = SocketAddress("127.0.0.1", port: port) else { return false }
                do {
                    _ = try Sockets.listen(on: address)
                    return true
                } catch { return false }
            }
            if isFree { return port }
        }
        throw Failed(description: "no four free ports")
    }
}
