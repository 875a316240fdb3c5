import CCurl
package import Systemd

/// Opens connections that are then read and written by us: libcurl does time limits and, later, TLS.
///
/// They have a libcurl of their own, in which no transfer looks for a connection to use or to close.
package final class Connections {
    private let multi: Multi
    private let names: Names

    package init(loop: EventLoop, names: Names, priority: Priority = .writes) throws(TransferError) {
        multi = try Multi(loop: loop, priority: priority)
        self.names = names
    }

    /// Begins to connect; `then` is called once, in a later turn, unless the connection is closed before.
    ///
    /// Finding the addresses of a name and connecting to them may take `limit` each. The connection ends with the object.
    package func open(
        host: String, port: Int, within limit: Duration, then: @escaping (Connection.Opening) -> Void
    ) throws(TransferError) -> Connection {
        let connection = Connection(in: multi) { [names] opening in
            if case .failed = opening { names.distrust(host) }
            then(opening)
        }
        if let addresses = names.usable(host, within: limit) {
            try connection.begin(Self.easy(host, port, Names.Found(addresses: addresses), within: limit))
            return connection
        }
        names.find(host, within: limit) { [weak connection] result in
            // Nobody waits for one that was closed meanwhile.
            guard let connection else { return }
            do throws(TransferError) {
                let found = try result.get()
                connection.doubt = found.doubt
                try connection.begin(Self.easy(host, port, found, within: limit))
            } catch { connection.fail(error) }
        }
        return connection
    }

    private static func easy(
        _ host: String, _ port: Int, _ found: Names.Found, within limit: Duration
    ) throws(TransferError) -> Easy {
        let isLiteral6 = host.contains(":") && !host.hasPrefix("[")
        let easy = try Easy("http://\(isLiteral6 ? "[\(host)]" : host):\(port)/", connectTimeout: limit)
        if found.addresses != [host] { try easy.set(addresses: found.addresses, of: host, port: port) }
        try easy.set(CURLOPT_CONNECT_ONLY, 1)
        // It would close a connection that it holds for idle.
        try easy.set(CURLOPT_MAXAGE_CONN, Int(Int32.max))
        return easy
    }
}
