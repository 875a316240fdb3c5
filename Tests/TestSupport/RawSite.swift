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

    /// Nobody listens there any more, nor will while this lives: the port stays taken, by a socket that doesn't listen.
    package func end() throws {
        listener = nil
        listener = Listener(try Self.takePort(address.port))
    }

    private static func takePort(_ port: UInt16) throws -> Descriptor {
        let socket = Descriptor(
            taking: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        let number = socket.number
        var on: Int32 = 1
        unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let isBound = unsafe withUnsafePointer(to: &name) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard isBound == 0 else { throw SystemCallError(call: "bind", code: errno) }
        return socket
    }

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
