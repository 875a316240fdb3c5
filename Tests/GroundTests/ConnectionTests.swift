import HTTPClient
import HTTPServer
import Linux
import Systemd
import TestSupport
import Testing

extension Connections {
    /// Such as need no names.
    fileprivate convenience init(loop: EventLoop) throws {
        try self.init(loop: loop, names: Names(workers: Workers(loop: loop)))
    }
}

/// A connection, and all that was said of it.
private final class Line {
    let connection: Connection
    private let opening: Opening

    private final class Opening { var told: [Connection.Opening] = [] }

    init(_ connections: Connections, to address: SocketAddress, within limit: Duration = .seconds(20)) throws {
        let opening = Opening()
        self.opening = opening
        connection = try connections.open(host: address.host, port: Int(address.port), within: limit) {
            opening.told.append($0)
        }
    }

    var isTold: Bool { !opening.told.isEmpty }

    /// Nil: not told yet, or connected.
    var failure: TransferError? {
        guard case .failed(let error) = opening.told.first, opening.told.count == 1 else { return nil }
        return error
    }

    func say(_ text: String) -> Connection.Sent { connection.send(Array(text.utf8).span) }

    /// All that has come, and how it ended.
    func hear() -> (text: String, end: Connection.Received) {
        var buffer: [UInt8] = []
        while true {
            let received = connection.receive(into: &buffer)
            if case .received = received { continue }
            return (String(decoding: buffer, as: UTF8.self), received)
        }
    }

    static func open(_ site: RawSite, _ connections: Connections) throws -> (Line, ScriptedPeer) {
        let line = try Line(connections, to: site.address)
        let peer = try site.accept()
        try turn(site.loop) { line.isTold }
        #expect(line.connection.isOpen)
        return (line, peer)
    }
}

struct ConnectionTests {
    @Test func `a request goes out, its answer comes in, and the connection goes on`() throws {
        let site = try Site(always: Response(status: 200, text: "fine\n"))
        let connections = try Connections(loop: site.loop)
        let line = try Line(connections, to: site.address)
        #expect(!line.isTold)
        try site.turn { line.isTold }
        var text = ""
        try line.connection.watch(for: .read) { _ in text += line.hear().text }
        for count in 1...3 {
            text = ""
            let request = "GET /\(count) HTTP/1.1\r\nHost: a\r\n\r\n"
            #expect(line.say(request) == .sent(request.utf8.count))
            try site.turn { text.hasSuffix("fine\n") }
        }
        #expect(site.requests.map(\.path) == ["/1", "/2", "/3"])
        #expect(Set(site.requests.map(\.connection)).count == 1)
        line.connection.close()
    }

    @Test func `many connections stand at once`() throws {
        let site = try RawSite()
        let connections = try Connections(loop: site.loop)
        let lines = try (0..<64).map { _ in try Line(connections, to: site.address) }
        let peers = try lines.map { _ in try site.accept() }
        try turn(site.loop) { lines.allSatisfy { $0.connection.isOpen } }
        for line in lines { #expect(line.say("hello") == .sent(5)) }
        try turn(site.loop) { peers.allSatisfy { $0.text == "hello" } }
    }

    @Test func `nobody listens: refused`() throws {
        let site = try RawSite()
        try site.end()
        let connections = try Connections(loop: site.loop)
        let line = try Line(connections, to: site.address)
        try turn(site.loop) { line.isTold }
        #expect(line.failure == TransferError(.refused, "connection refused"))
        #expect(line.say("x") == .closed(TransferError(.closed, "the other end closed the connection")))
    }

    @Test func `nobody answers: the time limit ends it`() throws {
        let site = try RawSite()
        let crowd = try site.fill()
        let connections = try Connections(loop: site.loop)
        let begin = Clocks.boot()
        let line = try Line(connections, to: site.address, within: .milliseconds(150))
        try turn(site.loop) { line.isTold }
        #expect(line.failure == TransferError(.timedOut, "no answer in time"))
        #expect(Clocks.boot() - begin >= 150_000_000)
        #expect(crowd.count == 3)
    }

    /// Too long for DNS, so that nobody is asked; and what isn't a name at all.
    @Test(arguments: [String(repeating: "x", count: 70), "a b"]) func `a name without an address is told so`(
        name: String
    ) throws {
        let loop = try EventLoop()
        let connections = try Connections(loop: loop)
        var told: [Connection.Opening] = []
        let connection = try connections.open(host: name, port: 1, within: .seconds(20)) { told.append($0) }
        try turn(loop) { !told.isEmpty }
        guard case .failed(let error) = told[0] else {
            Issue.record("it connected")
            return
        }
        #expect(error.reason == .unresolved)
        #expect(!connection.isOpen)
    }

    @Test func `the other end closes in order`() throws {
        let site = try RawSite()
        let connections = try Connections(loop: site.loop)
        let (line, peer) = try Line.open(site, connections)
        #expect(line.hear() == ("", .again))
        peer.say("last words")
        peer.close()
        var ready: Readiness = []
        try line.connection.watch(for: .read) { ready = $0 }
        try turn(site.loop) { ready.contains(.read) }
        #expect(line.hear() == ("last words", .closed(TransferError(.closed, "the other end closed the connection"))))
    }

    @Test func `the other end resets`() throws {
        let site = try RawSite()
        let connections = try Connections(loop: site.loop)
        let (line, peer) = try Line.open(site, connections)
        peer.reset()
        var ready: Readiness = []
        try line.connection.watch(for: .read) { ready = $0 }
        try turn(site.loop) { ready.contains(.read) }
        #expect(line.hear() == ("", .closed(TransferError(.closed, "the other end reset the connection"))))
    }

    @Test func `what the socket doesn't take is for later`() throws {
        let site = try RawSite()
        let connections = try Connections(loop: site.loop)
        let (line, peer) = try Line.open(site, connections)
        let bytes = [UInt8](repeating: 7, count: 1 << 20)
        var sent = 0
        /// Until the socket takes no more; gives how much it took.
        func fill() -> Int {
            var taken = 0
            while true {
                switch line.connection.send(bytes.span) {
                case .sent(let count): taken += count
                case .again:
                    sent += taken
                    return taken
                case .closed(let error):
                    Issue.record("closed: \(error)")
                    return 0
                }
            }
        }
        #expect(fill() > 0)
        var writes = 0
        var isReading = false
        try line.connection.watch(for: .write) { _ in
            writes += 1
            // On its way to a peer that doesn't read yet the kernel may find more room for it: it isn't called in vain.
            if !isReading { #expect(fill() > 0) }
        }
        try turn(site.loop, for: .milliseconds(10))
        isReading = true
        writes = 0
        try turn(site.loop) {
            peer.hear()
            return writes > 0 && peer.heard.count == sent
        }
        line.connection.watch(for: [])
        let before = writes
        try turn(site.loop, for: .milliseconds(10))
        #expect(writes == before)
    }

    @Test func `a connection closed by its own callback is over, and its descriptor with it`() throws {
        let site = try RawSite()
        let connections = try Connections(loop: site.loop)
        let (line, peer) = try Line.open(site, connections)
        var calls = 0
        try line.connection.watch(for: .read) { _ in
            calls += 1
            line.connection.close()
        }
        peer.say("x")
        try turn(site.loop) {
            peer.hear()
            return peer.hasEnded
        }
        #expect(calls == 1)
        #expect(!line.connection.isOpen)
    }

    @Test func `a connection let go closes, one closed while it opens tells nothing`() throws {
        let site = try RawSite()
        let connections = try Connections(loop: site.loop)
        let peer: ScriptedPeer
        do { (_, peer) = try Line.open(site, connections) }
        try turn(site.loop) {
            peer.hear()
            return peer.hasEnded
        }
        let line = try Line(connections, to: site.address)
        line.connection.close()
        try turn(site.loop, for: .milliseconds(30))
        #expect(!line.isTold)
    }

    @Test func `what the server says first is not lost`() throws {
        let site = try RawSite()
        let connections = try Connections(loop: site.loop)
        let line = try Line(connections, to: site.address)
        let peer = try site.accept()
        peer.say("welcome")
        try turn(site.loop) { line.isTold }
        var text = ""
        try turn(site.loop) {
            text += line.hear().text
            return text == "welcome"
        }
        #expect(line.hear().end == .again)
    }
}
