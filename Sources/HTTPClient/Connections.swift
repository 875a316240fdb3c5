import CCurl
package import Systemd

/// Opens connections that are then read and written by us: libcurl does names, time limits and, later, TLS.
///
/// They have a libcurl of their own, in which no transfer looks for a connection to use or to close.
package final class Connections {
    private let multi: Multi

    package init(loop: EventLoop, priority: Priority = .writes) throws(TransferError) {
        multi = try Multi(loop: loop, priority: priority)
    }

    /// Begins to connect; `then` is called once, in a later turn, unless the connection is closed before.
    ///
    /// The connection ends with the object.
    package func open(
        host: String, port: Int, within limit: Duration, then: @escaping (Connection.Opening) -> Void
    ) throws(TransferError) -> Connection {
        let isLiteral6 = host.contains(":") && !host.hasPrefix("[")
        let easy = try Easy("http://\(isLiteral6 ? "[\(host)]" : host):\(port)/", connectTimeout: limit)
        try easy.set(CURLOPT_CONNECT_ONLY, 1)
        // It would close a connection that it holds for idle.
        try easy.set(CURLOPT_MAXAGE_CONN, Int(Int32.max))
        let connection = Connection(easy, in: multi, then: then)
        try multi.add(easy, for: connection)
        return connection
    }
}
