import HTTPClient
import HTTPServer
import Linux
import Systemd
import TestSupport
import Testing

/// Transfers, and what was told of each.
private final class Asker {
    let loop: EventLoop
    let transfers: Transfers
    var results: [Result<Transfer.Reply, TransferError>] = []

    init(_ loop: EventLoop) throws {
        self.loop = loop
        transfers = try Transfers(loop: loop)
    }

    func start(_ request: Transfer.Request) throws {
        try transfers.start(request) { [unowned self] in results.append($0) }
    }

    /// Starts it and waits until it is told.
    func ask(_ request: Transfer.Request) throws -> Transfer.Reply {
        results = []
        try start(request)
        try turn(loop) { !results.isEmpty }
        return try results[0].get()
    }

    func failure(_ request: Transfer.Request) throws -> TransferError? {
        do {
            _ = try ask(request)
            return nil
        } catch let error as TransferError {
            return error
        }
    }
}

struct TransferTests {
    private func url(_ address: SocketAddress, _ target: String = "/") -> String { "http://\(address)\(target)" }

    @Test func `a question is answered whole, and the next one takes the same connection`() throws {
        let response = Response(status: 410, headers: [("X-Word", " gone ")], body: Array("it was".utf8))
        let site = try Site(always: response)
        let asker = try Asker(site.loop)
        var request = Transfer.Request("POST", url(site.address, "/a?b=c"))
        request.headers = [("Content-Type", "application/x-www-form-urlencoded"), ("X-Token", "t")]
        request.body = Array("k=v".utf8)
        let reply = try asker.ask(request)
        #expect(reply.status == 410)
        #expect(reply.header("x-word") == "gone")
        #expect(String(decoding: reply.body, as: UTF8.self) == "it was")
        #expect(site.requests[0].method == "POST")
        #expect(site.requests[0].query.first?.value == "c")
        #expect(site.requests[0].header("X-Token") == "t")
        #expect(site.requests[0].form().first?.name == "k")
        for method in ["GET", "PUT", "DELETE", "HEAD", "POST"] {
            let reply = try asker.ask(Transfer.Request(method, url(site.address)))
            #expect(reply.body.count == (method == "HEAD" ? 0 : 6))
        }
        #expect(site.requests.map(\.method) == ["POST", "GET", "PUT", "DELETE", "HEAD", "POST"])
        #expect(Set(site.requests.map(\.connection)).count == 1)
        request.isAlone = true
        _ = try asker.ask(request)
        #expect(site.requests.last?.requestNumber == 1)
    }

    @Test func `an answer in chunks arrives whole`() throws {
        let body = (0..<50_000).map { UInt8($0 % 251) }
        let site = try Site(always: Response(status: 200, body: body, isChunked: true))
        #expect(try Asker(site.loop).ask(Transfer.Request("GET", url(site.address))).body == body)
    }

    @Test func `an answer over the limit is not taken`() throws {
        let site = try Site(always: Response(status: 200, body: [UInt8](repeating: 0, count: 1001)))
        var request = Transfer.Request("GET", url(site.address))
        request.bodyLimit = 1000
        let asker = try Asker(site.loop)
        #expect(
            try asker.failure(request) == TransferError(.tooLarge, "the answer is larger than 1000 bytes"))
        request.bodyLimit = 1001
        #expect(try asker.ask(request).body.count == 1001)
    }

    @Test func `a server that hangs is left at the time limit`() throws {
        let site = try Site.patient()
        var request = Transfer.Request("GET", url(site.address))
        request.timeout = .milliseconds(100)
        #expect(try Asker(site.loop).failure(request) == TransferError(.timedOut, "no answer in time"))
        #expect(site.waiting.count == 1)
    }

    private enum Broken: CaseIterable {
        case missing, half, badChunk, otherProtocol, endlessHead

        var text: String {
            let head = "HTTP/1.1 200 OK\r\n"
            return switch self {
            case .missing: ""
            case .half: head + "Content-Length: 10\r\n\r\nhalf"
            case .badChunk: head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"
            case .otherProtocol: "SSH-2.0-x\r\n"
            case .endlessHead: head + String(repeating: "X: \(String(repeating: "y", count: 5000))\r\n", count: 20)
            }
        }

        var reason: TransferError.Reason {
            switch self {
            case .missing, .half, .badChunk: .closed
            case .otherProtocol: .malformed
            case .endlessHead: .tooLarge
            }
        }
    }

    @Test(arguments: Broken.allCases)
    private func `a broken answer is a failure`(broken: Broken) throws {
        let site = try RawSite()
        let asker = try Asker(site.loop)
        try asker.start(Transfer.Request("GET", url(site.address)))
        let peer = try site.accept()
        try turn(site.loop) { peer.text.hasSuffix("\r\n\r\n") }
        peer.say(broken.text)
        peer.close()
        try turn(site.loop) { !asker.results.isEmpty }
        #expect(asker.results.map(\.failure?.reason) == [broken.reason])
    }

    @Test func `a reset is a failure, and so is nobody there`() throws {
        let site = try RawSite()
        let asker = try Asker(site.loop)
        try asker.start(Transfer.Request("GET", url(site.address)))
        let peer = try site.accept()
        try turn(site.loop) { peer.text.hasSuffix("\r\n\r\n") }
        peer.reset()
        try turn(site.loop) { !asker.results.isEmpty }
        #expect(asker.results.map(\.failure) == [TransferError(.closed, "the other end reset the connection")])
        try site.end()
        #expect(
            try asker.failure(Transfer.Request("GET", url(site.address)))
                == TransferError(.refused, "connection refused"))
        #expect(try asker.failure(Transfer.Request("GET", "gopher://127.0.0.1/"))?.reason == .malformed)
    }

    @Test func `all that end together are told, but for those that one of them cancels`() throws {
        let site = try Site.patient()
        let transfers = try Transfers(loop: site.loop)
        var told: [Int] = []
        var running: [Transfer] = []
        for number in 0..<10 {
            let transfer = try transfers.start(Transfer.Request("GET", url(site.address, "/\(number)"))) { _ in
                told.append(number)
                // Whoever is first cancels all of the other half.
                for other in running.indices where other % 2 != number % 2 { running[other].cancel() }
            }
            running.append(transfer)
        }
        try site.turn { site.waiting.count == 10 }
        for responder in site.waiting { responder.send(Response(status: 200)) }
        try site.turn { told.count == 5 }
        try turn(site.loop, for: .milliseconds(20))
        #expect(told.count == 5)
        #expect(Set(told.map { $0 % 2 }).count == 1)
    }

    @Test func `transfers that are let go tell nobody`() throws {
        let site = try Site.patient()
        var asker: Asker? = try Asker(site.loop)
        try asker?.start(Transfer.Request("GET", url(site.address)))
        try site.turn { site.waiting.count == 1 }
        asker = nil
        site.waiting[0].send(Response(status: 200))
        try site.turn { site.server?.connections == 0 }
        #expect(asker == nil)
    }

    @Test func `a unix socket tells who asks`() throws {
        let folder = try TemporaryDirectory()
        let loop = try EventLoop()
        let listener = try Sockets.listen(onUnix: folder.path("socket"), mode: 0o600)
        var peers: [Sockets.Peer?] = []
        let server = try HTTPServer(loop: loop, listening: listener) { request, responder in
            peers.append(request.peer)
            responder.send(Response(status: 200))
        }
        var request = Transfer.Request("GET", "http://localhost/")
        request.unixSocket = folder.path("socket")
        #expect(try Asker(loop).ask(request).status == 200)
        #expect(peers.map { $0?.pid } == [Accounts.pid])
        withExtendedLifetime(server) {}
    }
}

extension Result {
    fileprivate var failure: Failure? {
        switch self {
        case .success: nil
        case .failure(let error): error
        }
    }
}
