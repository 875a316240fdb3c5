import Linux
import Systemd
import TestSupport
import Testing

@Suite struct SocketTests {
    /// Keeps a socket that can't be copied where a test can let go of it.
    private final class Held {
        let socket: Descriptor
        init(_ socket: consuming Descriptor) { self.socket = socket }
        var address: SocketAddress? { Sockets.name(of: socket) }

        var peer: Sockets.Peer? { Sockets.peer(of: socket) }

        /// The next that waits.
        func accept() -> Held? {
            guard let socket = Sockets.accept(socket) else { return nil }
            return Held(socket)
        }
    }

    private let folder: TemporaryDirectory
    private let loop: EventLoop

    init() throws {
        folder = try TemporaryDirectory()
        loop = try EventLoop()
    }

    private func listen(_ host: String, port: Int = 0) throws -> Held {
        Held(try Sockets.listen(on: try #require(SocketAddress(host, port: port))))
    }

    /// Begins a connection and gives how it was decided.
    private func outcome(of address: SocketAddress) throws -> SystemCallError? {
        do throws(SystemCallError) {
            let socket = try Sockets.connect(to: address)
            var isDecided = false
            let source = try loop.watch(socket.number, for: .write) { _ in isDecided = true }
            do { try turn(loop) { isDecided } } catch { Issue.record(error) }
            source.watch(for: [])
            return Sockets.error(of: socket)
        } catch { return error }
    }

    @Test(arguments: ["127.0.0.1", "::1"])
    func `a connection is decided: it stands, or it is refused`(host: String) throws {
        var listener: Held? = try listen(host)
        let address = try #require(listener?.address)
        #expect(address.port != 0)
        #expect(try outcome(of: address) == nil)
        listener = nil
        // A child that another test starts just now holds the socket too, until its exec.
        try eventually { try outcome(of: address)?.isRefused == true }
    }

    @Test func `a port that somebody has is an error with the address`() throws {
        let first = try listen("127.0.0.1")
        let address = try #require(first.address)
        let error = #expect(throws: SystemCallError.self) { try listen(address.host, port: Int(address.port)) }
        #expect(error?.isInUse == true)
        #expect(error?.subject == "127.0.0.1:\(address.port)")
    }

    @Test func `what was sent arrives, and the end of the other side is the end`() throws {
        let listener = try listen("127.0.0.1")
        var client: Held? = Held(try Sockets.connect(to: try #require(listener.address)))
        var accepted: Held?
        let source = try loop.watch(listener.socket.number, for: .read) { _ in
            accepted = listener.accept()
        }
        try turn(loop) { accepted != nil }
        source.watch(for: [])
        let server = try #require(accepted)
        #expect(listener.accept() == nil, "nobody else waits")
        if let client { try Files.writeAll(Array("hello".utf8), to: client.socket) }
        var text: [UInt8] = []
        var isOver = false
        let reading = try loop.watch(server.socket.number, for: .read) { _ in
            let piece = (try? Files.readOnce(server.socket, most: 100)) ?? []
            text += piece
            isOver = piece.isEmpty
        }
        try turn(loop) { text.count == 5 }
        client = nil
        try turn(loop) { isOver }
        reading.watch(for: [])
        #expect(String(decoding: text, as: UTF8.self) == "hello")
    }

    // MARK: Unix

    @Test func `a unix socket has the mode asked for, whatever our umask`() throws {
        let path = folder.path("socket")
        let listener = Held(try Sockets.listen(onUnix: path, mode: 0o660))
        let status = try Files.status(at: path)
        #expect(status.kind == .socket)
        #expect(status.mode == 0o660)
        withExtendedLifetime(listener) {}
    }

    @Test func `both ends know who the other is`() throws {
        let path = folder.path("socket")
        let listener = Held(try Sockets.listen(onUnix: path, mode: 0o600))
        let client = Held(try Sockets.connect(toUnix: path, wait: .seconds(5)))
        let server = try #require(listener.accept())
        for end in [client, server] {
            let peer = try #require(end.peer)
            #expect(peer.pid == Accounts.pid)
            #expect(peer.user == Accounts.user)
            #expect(peer.group == Accounts.group)
        }
    }

    @Test func `a socket that somebody listens on is left to them, by their PID`() throws {
        let path = folder.path("socket")
        let owner = try TestProcess(
            perl: """
                use IO::Socket::UNIX; $| = 1;
                my $s = IO::Socket::UNIX->new(Local => '\(path)', Listen => 1) or die; print "ready\\n"; sleep 3600;
                """)
        #expect(try owner.line() == "ready")
        let refusal = #expect(throws: Sockets.UnixRefusal.self) { try Sockets.listen(onUnix: path, mode: 0o600).take() }
        guard case .taken(by: owner.pid) = refusal else {
            Issue.record("refused for another reason: \(String(describing: refusal))")
            return
        }
        // Killed, it leaves its file behind: that is stale, and replaced.
        owner.kill()
        try owner.awaitEnding()
        #expect(Surroundings.exists(path))
        let listener = Held(try Sockets.listen(onUnix: path, mode: 0o600))
        let client = Held(try Sockets.connect(toUnix: path, wait: .zero))
        #expect(listener.accept() != nil)
        withExtendedLifetime(client) {}
    }

    @Test func `a socket whose line is full is still somebody's`() throws {
        let path = folder.path("socket")
        let listener = Held(try Sockets.listen(onUnix: path, mode: 0o600))
        var waiting: [Held] = []
        while let one = try? Sockets.connect(toUnix: path, wait: .zero) { waiting.append(Held(one)) }
        #expect(waiting.count > 10)
        let refusal = #expect(throws: Sockets.UnixRefusal.self) { try Sockets.listen(onUnix: path, mode: 0o600).take() }
        guard case .taken(by: nil) = refusal else {
            Issue.record("refused for another reason: \(String(describing: refusal))")
            return
        }
        withExtendedLifetime(listener) {}
    }

    @Test func `a file that is no socket is not removed`() throws {
        let path = try folder.write("precious", to: "socket")
        let refusal = #expect(throws: Sockets.UnixRefusal.self) { try Sockets.listen(onUnix: path, mode: 0o600).take() }
        guard case .notASocket = refusal else {
            Issue.record("refused for another reason: \(String(describing: refusal))")
            return
        }
        #expect(Surroundings.exists(path))
    }

    @Test func `a path of 107 bytes is a unix socket, one of 108 is refused with the limit`() throws {
        let room = Sockets.longestUnixPath - folder.path.utf8.count - 1
        let fits = folder.path(String(repeating: "s", count: room))
        let listener = Held(try Sockets.listen(onUnix: fits, mode: 0o600))
        let client = Held(try Sockets.connect(toUnix: fits, wait: .zero))
        #expect(Surroundings.exists(fits))
        withExtendedLifetime((listener, client)) {}

        let long = fits + "s"
        let refusal = #expect(throws: Sockets.UnixRefusal.self) { try Sockets.listen(onUnix: long, mode: 0o600).take() }
        guard case .tooLong(limit: 107) = refusal else {
            Issue.record("refused for another reason: \(String(describing: refusal))")
            return
        }
        #expect(throws: SystemCallError.self) { try Sockets.connect(toUnix: long, wait: .zero).take() }
    }

    @Test func `a folder that isn't there is an error of the kernel's`() throws {
        let path = folder.path("no/socket")
        let refusal = #expect(throws: Sockets.UnixRefusal.self) { try Sockets.listen(onUnix: path, mode: 0o600).take() }
        guard case .failed(let error) = refusal else {
            Issue.record("refused for another reason: \(String(describing: refusal))")
            return
        }
        #expect(error.isNotFound)
        let missing = #expect(throws: SystemCallError.self) { try Sockets.connect(toUnix: path, wait: .zero).take() }
        #expect(missing?.isNotFound == true)
    }

    @Test func `a client's patience ends, also before a second is over`() throws {
        let path = folder.path("socket")
        let listener = Held(try Sockets.listen(onUnix: path, mode: 0o600))
        let client = Held(try Sockets.connect(toUnix: path, wait: .milliseconds(50)))
        let began = Clocks.boot()
        let error = #expect(throws: SystemCallError.self) { try Files.readOnce(client.socket, most: 1) }
        #expect(error?.isAgain == true)
        #expect(Clocks.boot() - began >= 40_000_000)
        withExtendedLifetime(listener) {}
    }
}
