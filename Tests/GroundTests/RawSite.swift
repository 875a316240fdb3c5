import Glibc
import Linux
import Systemd
import TestSupport
import Testing

/// A listener on a free port of loopback, whose connections say what a test tells them to.
final class RawSite {
    let loop: EventLoop
    let address: SocketAddress
    private var listener: Listener?

    private final class Listener {
        let socket: Descriptor

        init(_ socket: consuming Descriptor) { self.socket = socket }
    }

    init() throws {
        loop = try EventLoop()
        let free = try #require(SocketAddress("127.0.0.1", port: 0))
        let listener = try Sockets.listen(on: free)
        let name = Sockets.name(of: listener)
        address = try #require(name)
        self.listener = Listener(listener)
    }

    /// Nobody listens there any more.
    func end() { listener = nil }

    /// Fills the kernel's queue, so that no more is answered.
    func fill() throws -> [ScriptedPeer] {
        listen(listener?.socket.number ?? -1, 0)
        return try (0..<3).map { _ in try ScriptedPeer(connectingTo: address) }
    }

    func accept() throws -> ScriptedPeer {
        var peer: ScriptedPeer?
        try turn(loop) {
            guard let listener, let socket = Sockets.accept(listener.socket) else { return false }
            peer = ScriptedPeer(socket)
            return true
        }
        return try #require(peer)
    }
}
