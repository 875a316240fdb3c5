package import Linux
import Testing

/// A listener on a port of this host, until a test lets go of it.
package final class OpenListener {
    package let socket: Descriptor
    package let port: Int

    /// Takes over a socket that listens.
    package init(_ socket: consuming Descriptor) throws {
        let name = Sockets.name(of: socket)
        self.socket = socket
        port = Int(try #require(name).port)
    }

    /// Port 0: a free one.
    package convenience init(_ host: String, port: Int = 0) throws {
        try self.init(Sockets.listen(on: try #require(SocketAddress(host, port: port))))
    }
}
