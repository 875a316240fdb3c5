internal import Glibc
package import Linux
package import Systemd

/// A listener on a free port of loopback, whose connections say what a test tells them to.
package final class RawSite {
    package let loop: EventLoop
    package let address: SocketAddress
    private var listener: Listener?

    private final class Listener {
        let socket: Descriptor

        init(_ socket: consuming Descriptor) { self.socket = socket }
    }

    package init() throws {
        loop = try EventLoop()
        guard let free = SocketAddress("127.0.0.1", port: 0) else { throw Self.noAddress }
        let listener = try Sockets.listen(on: free)
        guard let name = Sockets.name(of: listener) else { throw Self.noAddress }
        address = name
        self.listener = Listener(listener)
    }

    private static let noAddress = SystemCallError(call: "getsockname", code: EINVAL)

    /// Nobody listens there any more.
    package func end() { listener = nil }

    /// From now on, what nobody reads stays with its sender but for a few thousand bytes.
    package func narrow() {
        var size: Int32 = 4096
        let length = socklen_t(MemoryLayout.size(ofValue: size))
        unsafe setsockopt(listener?.socket.number ?? -1, SOL_SOCKET, SO_RCVBUF, &size, length)
    }

    /// Fills the kernel's queue, so that no more is answered.
    package func fill() throws -> [ScriptedPeer] {
        listen(listener?.socket.number ?? -1, 0)
        return try (0..<3).map { _ in try ScriptedPeer(connectingTo: address) }
    }

    /// The next connection; waits for it.
    package func accept() throws -> ScriptedPeer {
        var peer: ScriptedPeer?
        try turn(loop) {
            guard let listener, let socket = Sockets.accept(listener.socket) else { return false }
            peer = ScriptedPeer(socket)
            return true
        }
        guard let peer else { throw TimedOut(limit: .zero) }
        return peer
    }
}
