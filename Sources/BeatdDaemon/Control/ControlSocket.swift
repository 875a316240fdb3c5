import BeatdCore
import HTTPServer
import Linux
import Log
import Systemd

/// The control socket in its folder: it belongs to the group that may ask, and is made again where somebody removed it.
final class ControlSocket {
    /// Members of it may ask (contract 2).
    static let group = "beatd-admin"
    /// The path is looked at this often, and as soon as the kernel tells of a removal.
    private static let period = Duration.seconds(10)
    /// Who removes the folder, too, gets as long to be done.
    private static let settle = Duration.milliseconds(500)
    /// A name service or a folder that takes longer is told.
    private static let limit = Duration.seconds(2)
    /// Those who still wait for an answer over a socket that was removed get it.
    private static let patience = ControlAPI.longestWait

    private let loop: EventLoop
    private let workers: Workers
    private let path: String
    private let log: Logger
    private let handler: (Request, Responder) -> Void
    private var server: HTTPServer?
    /// Those over sockets that were removed, while somebody waits for an answer there.
    private var retired: [HTTPServer] = []
    private var timer: EventSource?
    /// nil where the kernel gives no more watches: then the period is all there is.
    private let hints: FolderHints?
    private var listening: EventSource?
    /// nil until the worker has looked.
    private var identity: FileIdentity?
    private var isLooking = false
    private var mustLookAgain = false
    private var isStopping = false
    private(set) var permission = ControlPermission()
    /// What keeps people from asking; nil where nothing does.
    private(set) var problem: String?

    /// Which file the path leads to.
    struct FileIdentity: Hashable {
        var device: UInt64
        var inode: UInt64

        init?(_ path: String) {
            guard let status = try? Files.status(at: path) else { return nil }
            (device, inode) = (status.device, status.inode)
        }
    }

    /// Takes over the socket that listens at `path`, and answers over it.
    init(
        loop: EventLoop, workers: Workers, path: String, listening socket: consuming Descriptor, log: Logger,
        handler: @escaping (Request, Responder) -> Void
    ) throws(SystemCallError) {
        self.loop = loop
        self.workers = workers
        self.path = path
        self.log = log
        self.handler = handler
        hints = try? FolderHints()
        identity = FileIdentity(path)
        server = try serve(socket)
        timer = try loop.timer(priority: .people) { [unowned self] in look() }
        let name = path.split(separator: "/").last.map(String.init)
        listening = try hints?.listen(on: loop) { [weak self] _, event in
            guard event.name == name || event.isItself || event.change == .lost else { return }
            self?.timer?.arm(at: Clocks.boot() + Self.settle.nanoseconds)
        }
        look()
        askForGroup()
    }

    /// Takes no more requests; calls `done` when all are answered or `limit` has passed.
    func stop(within limit: Duration, then done: @escaping () -> Void) {
        isStopping = true
        timer = nil
        listening = nil
        guard let server else { return done() }
        server.stop(within: limit, then: done)
    }

    private func serve(_ socket: consuming Descriptor) throws(SystemCallError) -> HTTPServer {
        var limits = HTTPServer.Limits()
        limits.connections = 128
        limits.crowd = 64
        return try HTTPServer(loop: loop, listening: socket, limits: limits, handler: handler)
    }

    // MARK: The group

    /// What became of giving the socket to those who may ask.
    private enum Given {
        case admins(UInt32)
        case own(UInt32)
        case failed(UInt32, String)
    }

    /// Asks the name services who may ask, off the loop: they may take their time.
    func askForGroup() {
        let path = path
        workers.submit(
            in: Lane(.own, key: "groups", subject: "the name service"), limit: Self.limit, { Self.give(path) },
            then: { [weak self] answer in
                switch answer {
                case .value(let given), .late(let given): self?.given(given)
                case .silence(let silence), .givenUp(let silence): self?.tell(silence)
                }
            })
    }

    private static func give(_ path: String) -> Given {
        let admins = Accounts.group(named: group)
        let wanted = admins ?? Accounts.group
        do throws(SystemCallError) { try Files.setGroup(wanted, of: path) } catch {
            return .failed(wanted, error.reason)
        }
        return admins.map(Given.admins) ?? .own(wanted)
    }

    private func given(_ given: Given) {
        let before = permission
        var problem: String?
        switch given {
        case .admins(let id): permission.group = id
        case .own(let id):
            permission.group = id
            if permission != before {
                log.info(
                    "No group \(Self.group); root, this user and its own group may ask",
                    [("socket", .text(path)), ("group", .number(Int(id)))])
            }
        case .failed(let id, let reason):
            permission.group = id
            problem =
                "\(path) can't be given to group \(Self.group) (\(reason)); make \(Accounts.name(ofUser: Accounts.user)) a member of it"
        }
        tell(problem)
    }

    // MARK: The path

    /// Whether the socket is still there, and if not, a new one.
    private enum Looked {
        case unchanged
        case made(Int32, FileIdentity?)
        case failed(String)
    }

    private func look() {
        timer?.arm(at: Clocks.boot() + Self.period.nanoseconds)
        guard !isLooking else {
            mustLookAgain = true
            return
        }
        isLooking = true
        mustLookAgain = false
        let (path, identity, hints) = (path, identity, hints)
        workers.submit(
            in: Lane(.own, key: "control", subject: "the folder of \(path)"), limit: Self.limit,
            { Self.look(at: path, identity, hints) },
            then: { [weak self] answer in
                switch answer {
                case .value(let looked), .late(let looked): self?.looked(looked)
                case .silence: break
                case .givenUp: self?.isLooking = false
                }
            })
    }

    private static func look(at path: String, _ identity: FileIdentity?, _ hints: FolderHints?) -> Looked {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) }
        func watch() { if let folder { _ = try? hints?.watch(folder, for: .removals) } }
        // First the watch: what is removed after the look is heard of.
        watch()
        guard FileIdentity(path) != identity else { return .unchanged }
        if let folder { try? Files.makeFolders(folder) }
        watch()
        do throws(Sockets.UnixRefusal) {
            let socket = try Sockets.listen(onUnix: path, mode: 0o660)
            return .made(socket.take(), FileIdentity(path))
        } catch { return .failed("control-socket \(path): \(error.sentence)") }
    }

    private func looked(_ looked: Looked) {
        isLooking = false
        defer { if mustLookAgain, !isStopping { look() } }
        switch looked {
        case .unchanged: break
        case .failed(let reason): tell("the socket was removed, and can't be made again: \(reason)")
        case .made(let number, let identity):
            let socket = Descriptor(taking: number)
            guard !isStopping else { return }
            retire()
            self.identity = identity
            do throws(SystemCallError) {
                server = try serve(socket)
                log.notice("Control socket made again; somebody had removed it", [("socket", .text(path))])
                askForGroup()
            } catch { tell("nobody can ask over \(path): \(error)") }
        }
    }

    private func retire() {
        guard let old = server else { return }
        retired.append(old)
        old.stop(within: Self.patience) { [weak self] in self?.retired.removeAll { $0 === old } }
    }

    private func tell(_ silence: Silence) {
        tell("who may ask is not known: \(silence.sentence(at: Clocks.boot()))")
    }

    private func tell(_ problem: String?) {
        if let problem, problem != self.problem {
            log.warning("Not everybody who may can ask", [("socket", .text(path)), ("reason", .text(problem))])
        }
        self.problem = problem
    }
}

extension Sockets.UnixRefusal {
    /// Why the path can't be taken, and what to do.
    var sentence: String {
        switch self {
        case .taken(let pid):
            "another process\(pid.map { " (PID \($0))" } ?? "") listens there; stop it, or name another path"
        case .notASocket: "something that is no socket is in the way; remove it, or name another path"
        case .tooLong(let limit):
            "longer than the \(limit) bytes that a unix socket can have; name a shorter path"
        case .failed(let error): error.description
        }
    }
}
