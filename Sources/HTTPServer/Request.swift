package import Linux

/// A whole request, body and all.
package struct Request: Sendable {
    /// In capitals, as it came: `GET`.
    package let method: String
    /// The target without its query, still percent-encoded.
    package let path: String
    /// The target's query, decoded, in the order it came in.
    package let query: [(name: String, value: String)]
    /// In the order they came in, names as they were written.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// The process at the other end of a unix socket; nil over TCP.
    package let peer: Sockets.Peer?
    package let connection: ConnectionID
    /// 1 for the first request on its connection.
    package let requestNumber: Int

    /// The first header of this name, whatever its case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The body read as `application/x-www-form-urlencoded`, whatever its type says.
    package func form() -> [(name: String, value: String)] { FormDecoding.pairs(body[...]) }
}
