package import Linux

/// A listener on a port of this host, until a test lets go of it.
package final class OpenListener {
    /// It has no name, or the address was none.
    package struct NoAddress: Error {
        package let host: String
    }

    package let socket: Descriptor
    package let port: Int

    /// Takes over a socket that listens.
    package init(_ socket: consuming Descriptor) throws {
        guard let name = Sockets.name(of: socket) else { throw NoAddress(host: "-") }
        self.socket = socket
        port = Int(name.port)
    }

    /// Port 0: a free one.
    package convenience init(_ host: String, port: Int = 0) throws {
        guard let address = SocketAddress(host, port: port) else { throw NoAddress(host: host) }
        try self.init(Sockets.listen(on: address))
    }
}
