import Linux
import TestSupport

/// One HTTP request over a connection of its own, as a person with a simple tool would make it.
enum Ask {
    /// The answer's status and body.
    typealias Answer = (status: Int, body: String)

    /// Asks a server of this host.
    static func port(
        _ port: Int, _ method: String, _ target: String, on host: String = "127.0.0.1"
    ) throws -> Answer {
        guard let address = SocketAddress(host, port: port) else { throw Unexpected("port \(port)") }
        return try exchange(try Sockets.connect(to: address), method, target)
    }

    /// Asks at a unix socket.
    static func socket(_ path: String, _ target: String, by method: String = "GET") throws -> Answer {
        try exchange(try Sockets.connect(toUnix: path, wait: .seconds(5)), method, target)
    }

    private static func exchange(_ socket: consuming Descriptor, _ method: String, _ target: String) throws -> Answer {
        let peer = ScriptedPeer(socket)
        let request = "\(method) \(target) HTTP/1.0\r\nHost: test\r\nContent-Length: 0\r\n\r\n"
        // On this host a connection is decided by the time that connect(2) returns.
        guard peer.say(request) == request.utf8.count else { throw Unexpected("nobody takes \(target)") }
        try eventually(limit: .seconds(10)) {
            peer.hear()
            return peer.hasEnded
        }
        let text = peer.text
        let bytes = Array(text.utf8)
        let end = bytes.indices.first { bytes[$0...].starts(with: "\r\n\r\n".utf8) }
        guard let end, let status = Int(text.split(separator: " ").dropFirst().first ?? "") else {
            throw Unexpected("no HTTP answer to \(target): \(text)")
        }
        return (status, String(decoding: bytes[(end + 4)...], as: UTF8.self))
    }
}

/// Something that a test relies on is not so.
struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
