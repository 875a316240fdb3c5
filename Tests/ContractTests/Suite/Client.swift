import Glibc
import Linux

/// A plain HTTP/1.1 client on one connection, which it opens anew where the server has closed it.
final class Client {
    /// The server did what no server should, or nothing at all.
    struct Broken: Error, CustomStringConvertible { let description: String }

    private let address: SocketAddress
    private var socket: Descriptor?
    private var unread: [UInt8] = []
    /// On the connection that is open.
    private(set) var requests = 0

    /// Longer than a loaded machine makes a registry think.
    private static let patience: Int32 = 20_000

    init(_ address: SocketAddress) { self.address = address }

    func ask(
        _ method: String, _ target: String, form: String? = nil, headers: [String] = []
    ) throws -> Reply {
        try ask(Client.bytes(method, target, host: address.description, form: form, headers: headers))
    }

    /// A whole request as bytes.
    func ask(_ request: [UInt8]) throws -> Reply {
        let began = ContinuousClock.now
        try open()
        try send(request)
        var reply = try receive()
        reply.took = ContinuousClock.now - began
        return reply
    }

    static func bytes(
        _ method: String, _ target: String, host: String, form: String? = nil, headers: [String] = []
    ) -> [UInt8] {
        var lines = ["\(method) \(target) HTTP/1.1", "Host: \(host)"] + headers
        if let form {
            lines.append("Content-Type: application/x-www-form-urlencoded;charset=UTF-8")
            lines.append("Content-Length: \(form.utf8.count)")
        } else if method != "GET" {
            lines.append("Content-Length: 0")
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (form ?? "")).utf8)
    }

    /// Several requests in one write; the answers in order, as many as came before the server closed.
    func pipeline(_ requests: [(method: String, target: String)]) throws -> [Reply] {
        try open()
        try send(requests.flatMap { Client.bytes($0.method, $0.target, host: address.description) })
        var replies: [Reply] = []
        while replies.count < requests.count, socket != nil, let reply = try? receive() { replies.append(reply) }
        return replies
    }

    /// Whether the server has closed the connection; gives it that long.
    func isClosed(within milliseconds: Int32 = 2000) -> Bool {
        guard let number = socket?.number else { return true }
        var poll = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        guard unsafe Glibc.poll(&poll, 1, milliseconds) > 0 else { return false }
        var byte: UInt8 = 0
        return unsafe recv(number, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) <= 0
    }

    func open() throws {
        if socket != nil, !isClosed(within: 0) { return }
        close()
        let socket = try Sockets.connect(to: address)
        var poll = pollfd(fd: socket.number, events: Int16(POLLOUT), revents: 0)
        guard unsafe Glibc.poll(&poll, 1, Self.patience) > 0 else { throw Broken(description: "no connection") }
        if let error = Sockets.error(of: socket) { throw Broken(description: "\(address): \(error)") }
        self.socket = consume socket
    }

    func close() {
        socket = nil
        unread = []
        requests = 0
    }

    // MARK: Bytes

    private func send(_ bytes: [UInt8]) throws {
        let number = socket?.number ?? -1
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return unsafe Glibc.send(number, start + done, buffer.count - done, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EAGAIN {
                var poll = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
                guard unsafe Glibc.poll(&poll, 1, Self.patience) > 0 else {
                    throw Broken(description: "takes no bytes")
                }
            } else if count < 0 {
                close()
                throw Broken(description: "send: errno \(errno)")
            }
            done += max(count, 0)
        }
    }

    /// More bytes; false: the end.
    private func read() throws -> Bool {
        guard let number = socket?.number else { return false }
        var poll = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        guard unsafe Glibc.poll(&poll, 1, Self.patience) > 0 else {
            close()
            throw Broken(description: "no answer within \(Self.patience / 1000) s")
        }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = unsafe recv(number, &buffer, buffer.count, 0)
        if count > 0 { unread += buffer[..<count] }
        return count > 0 || count < 0 && errno == EAGAIN
    }

    private func line() throws -> String {
        while true {
            if let end = unread.indices.dropLast().first(where: { unread[$0] == 13 && unread[$0 + 1] == 10 }) {
                defer { unread.removeFirst(end + 2) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            guard try read() else {
                close()
                throw Broken(description: "closed without a whole answer")
            }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while unread.count < count {
            guard try read() else { throw Broken(description: "closed within a body") }
        }
        defer { unread.removeFirst(count) }
        return Array(unread[..<count])
    }

    private func receive() throws -> Reply {
        var reply = Reply()
        let status = try line().split(separator: " ", omittingEmptySubsequences: false)
        guard status.count >= 2, status[0] == "HTTP/1.1", let number = Int(status[1]) else {
            throw Broken(description: "no status line: \(status.joined(separator: " "))")
        }
        reply.status = number
        while case let text = try line(), !text.isEmpty {
            let sides = text.split(separator: ":", maxSplits: 1)
            guard sides.count == 2 else { throw Broken(description: "no header: \(text)") }
            reply.headers.append((String(sides[0]), String(sides[1].drop { $0 == " " })))
        }
        if reply.isChunked {
            while case let size = try line(), let count = Int(size, radix: 16) {
                reply.bytes += try take(count)
                _ = try line()
                if count == 0 { break }
            }
        } else if let length = reply.header("Content-Length").flatMap({ Int($0) }) {
            reply.bytes = try take(length)
        }
        requests += 1
        if reply.saysClose, unread.isEmpty, isClosed() { close() }
        return reply
    }
}
