import Glibc
import HTTPServer
import Linux
import Systemd
import TestSupport
import Testing

private let ask = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

/// Answers that are made while they are sent, and what else libmicrohttpd gets wrong where nobody looks (ground.md 5).
struct HTTPStreamTests {
    /// Gives that many pieces, each after some work; counts them.
    private final class Maker {
        private(set) var made = 0
        private let count: Int
        private let size: Int
        private let work: Duration

        init(_ count: Int, size: Int = 100, work: Duration = .zero) {
            (self.count, self.size, self.work) = (count, size, work)
        }

        func next() -> [UInt8]? {
            guard made < count else { return nil }
            let end = Clocks.boot() + work.components.attoseconds / 1_000_000_000
            while Clocks.boot() < end {}
            made += 1
            return [UInt8](repeating: UInt8(ascii: "~"), count: size)
        }
    }

    private func site(_ makers: Maker...) throws -> Site {
        var left = makers
        return try Site { _, responder, _ in
            guard !left.isEmpty else { return responder.send(Response(status: 200, text: "fine\n")) }
            let maker = left.removeFirst()
            responder.send(Response(status: 200, text: "head;"), next: maker.next)
        }
    }

    private func body(_ text: String) -> Int { text.count { $0 == "~" } }

    @Test func `pieces follow the response's own body, in chunks, and the connection is kept`() throws {
        let site = try site(Maker(300))
        let peer = try site.peer()
        let text = try site.exchange(peer, ask, until: "\r\n0\r\n\r\n")
        #expect(text.contains("Transfer-Encoding: chunked\r\n"))
        #expect(text.contains("head;"))
        #expect(body(text) == 30_000)
        #expect(try site.exchange(peer, ask, until: "fine\n").hasPrefix("HTTP/1.1 200"))
    }

    @Test func `to a client that knows no chunks the end of the connection is the end of the body`() throws {
        let site = try site(Maker(300))
        let peer = try site.peer()
        peer.say("GET / HTTP/1.0\r\n\r\n")
        try site.turn {
            peer.hear()
            return peer.hasEnded
        }
        #expect(peer.text.contains("\r\n\r\nhead;~"))
        #expect(body(peer.text) == 30_000)
    }

    @Test func `an answer of no pieces, of empty ones, and to HEAD`() throws {
        let site = try site(Maker(0), Maker(3, size: 0), Maker(3))
        let peer = try site.peer()
        for _ in 0..<2 { #expect(try site.exchange(peer, ask, until: "\r\n0\r\n\r\n").contains("head;")) }
        let head = try site.exchange(peer, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", until: "\r\n\r\n")
        #expect(body(head) == 0)
        _ = try site.exchange(peer, ask, until: "fine\n")
    }

    @Test func `all such answers together get five milliseconds of a turn, and each comes whole`() throws {
        let work = Duration.milliseconds(2)
        let makers = [Maker(20, work: work), Maker(20, work: work), Maker(20, work: work)]
        let site = try site(makers[0], makers[1], makers[2])
        let peers = [try site.peer(), try site.peer(), try site.peer()]
        peers[0].say(ask)
        peers[1].say(ask)
        peers[2].say("GET / HTTP/1.0\r\n\r\n")
        let end = Clocks.boot() + 20_000_000_000
        func made() -> Int { makers.map(\.made).reduce(0, +) }
        while peers.contains(where: { body($0.text) < 2000 }), Clocks.boot() < end {
            let before = made()
            try site.loop.turn(timeout: .milliseconds(10))
            for peer in peers { peer.hear() }
            // The third begins within the five, and ends after them.
            #expect(made() - before <= 3)
        }
        #expect(peers.map { body($0.text) } == [2000, 2000, 2000])
    }

    @Test func `none of such answers waits for another to end, however long its pieces take`() throws {
        let makers = (0..<4).map { _ in Maker(200, work: .milliseconds(6)) }
        let site = try site(makers[0], makers[1], makers[2], makers[3])
        let peers = try makers.map { _ in try site.peer() }
        for peer in peers { peer.say(ask) }
        try site.turn { makers.allSatisfy { $0.made >= 5 } }
        #expect(makers.allSatisfy { $0.made < 20 }, "\(makers.map(\.made))")
    }

    @Test func `another client is served while a long answer is made`() throws {
        let maker = Maker(400, work: .milliseconds(1))
        let site = try site(maker)
        let slow = try site.peer()
        slow.say(ask)
        try site.turn { maker.made > 0 }
        let other = try site.peer()
        _ = try site.exchange(other, ask, until: "fine\n")
        #expect(maker.made < 400)
        try site.turn { body(slow.text) == 40_000 }
    }

    @Test func `pieces are made as the client takes them, and one that takes nothing is closed as idle`() throws {
        let maker = Maker(100_000, size: 1000)
        var limits = HTTPServer.Limits()
        limits.idle = .seconds(1)
        let site = try Site(limits: limits) { _, responder, _ in
            responder.send(Response(status: 200), next: maker.next)
        }
        let peer = try site.peer()
        peer.say(ask)
        try site.turn { maker.made > 0 }
        try site.turn { site.server?.connections == 0 }
        // What the kernel takes for it, both ways, is some megabytes at most.
        #expect(maker.made < 20_000)
    }

    @Test func `a client that breaks off in the middle ends its answer alone`() throws {
        let maker = Maker(2000, size: 1000, work: .milliseconds(1))
        let site = try site(maker)
        let gone = try site.peer()
        gone.say(ask)
        try site.turn { maker.made > 10 }
        gone.reset()
        try site.turn { site.server?.connections == 0 }
        #expect(maker.made < 2000)
        let next = try site.peer()
        _ = try site.exchange(next, ask, until: "fine\n")
    }

    // MARK: Stopping

    @Test func `a stop lets an answer that is out come whole, and closes its connection then`() throws {
        let maker = Maker(50, work: .milliseconds(1))
        let site = try site(maker)
        let peer = try site.peer()
        peer.say(ask)
        try site.turn { maker.made > 0 }
        var hasStopped = false
        site.server?.stop(within: .seconds(20)) { hasStopped = true }
        try site.turn { hasStopped }
        #expect(maker.made == 50)
        try site.turn {
            peer.hear()
            return peer.hasEnded
        }
        #expect(body(peer.text) == 5000)
    }

    @Test func `a stop at its limit cuts answers off that are out, also a suspended one`() throws {
        let work = Duration.milliseconds(6)
        let makers = [Maker(1000, work: work), Maker(1000, work: work)]
        let site = try site(makers[0], makers[1])
        let peers = [try site.peer(), try site.peer()]
        for peer in peers { peer.say(ask) }
        try site.turn { makers.allSatisfy { $0.made > 0 } }
        var hasStopped = false
        site.server?.stop(within: .milliseconds(30)) { hasStopped = true }
        try site.turn { hasStopped }
        try site.turn {
            for peer in peers { peer.hear() }
            return peers.allSatisfy(\.hasEnded)
        }
        #expect(site.server?.connections == 0)
    }

    @Test func `a server may be let go while answers are out`() throws {
        let makers = [Maker(1000, work: .milliseconds(6)), Maker(1000, work: .milliseconds(6))]
        let site = try site(makers[0], makers[1])
        let peers = [try site.peer(), try site.peer()]
        for peer in peers { peer.say(ask) }
        try site.turn { makers.allSatisfy { $0.made > 0 } }
        site.server = nil
        try site.turn {
            for peer in peers { peer.hear() }
            return peers.allSatisfy(\.hasEnded)
        }
    }

    @Test func `of a client that waits it can be asked whether it is gone; one that only listens is not`() throws {
        let folder = try TemporaryDirectory()
        let loop = try EventLoop()
        var waiting: [Responder] = []
        let path = folder.path("socket")
        let server = try HTTPServer(loop: loop, listening: try Sockets.listen(onUnix: path, mode: 0o600)) {
            waiting.append($1)
        }
        let peers = try (0..<2).map { _ in ScriptedPeer(try Sockets.connect(toUnix: path, wait: .milliseconds(5))) }
        for (count, peer) in peers.enumerated() {
            peer.say(ask)
            try turn(loop) { waiting.count == count + 1 }
        }
        #expect(waiting.map(\.isGone) == [false, false])
        peers[0].close()
        peers[1].finish()
        try turn(loop, for: .milliseconds(20))
        #expect(waiting.map(\.isGone) == [true, false])
        waiting[1].send(Response(status: 200, text: "fine\n"))
        try turn(loop) { peers[1].text.hasSuffix("fine\n") }
        #expect(waiting[1].isGone || server.connections > 0)
        waiting.removeFirst()
        try turn(loop) { server.connections <= 1 }
    }

    // MARK: Limits

    @Test func `at the limit one that leaves makes room for one that waits`() throws {
        var limits = HTTPServer.Limits()
        limits.connections = 3
        let site = try Site(always: Response(status: 200, text: "fine\n"), limits: limits)
        var inside = try (0..<3).map { _ in try site.peer() }
        for peer in inside { _ = try site.exchange(peer, ask, until: "fine\n") }
        for _ in 0..<10 {
            let late = try site.peer()
            late.say(ask)
            try turn(site.loop, for: .milliseconds(5))
            #expect(late.text == "")
            inside.removeFirst().close()
            try site.turn { late.text.hasSuffix("fine\n") }
            inside.append(late)
            #expect(site.server?.connections ?? 0 <= 3)
        }
    }

    @Test func `in a crowd those who ask nothing are closed for those who ask, the longest there first`() throws {
        var limits = HTTPServer.Limits()
        limits.crowd = 3
        let site = try Site(always: Response(status: 200, text: "fine\n"), limits: limits)
        let idlers = try (0..<10).map { number in
            let peer = try site.peer()
            if number % 2 == 1 { peer.say("GET / HTTP/1.1\r\nHost: a\r\nX-Long: ") }
            try site.turn { site.server?.connections ?? 0 >= min(number + 1, 3) }
            return peer
        }
        let asker = try site.peer()
        _ = try site.exchange(asker, ask, until: "fine\n")
        try site.turn {
            for peer in idlers { peer.hear() }
            return idlers.filter(\.hasEnded).count == 8
        }
        #expect(!idlers[8].hasEnded && !idlers[9].hasEnded)
    }

    @Test func `in a crowd who takes no answer is closed for who asks, and who waits for one is not`() throws {
        let maker = Maker(1_000_000, size: 1000)
        var limits = HTTPServer.Limits()
        limits.crowd = 3
        var waiting: [Responder] = []
        let site = try Site(limits: limits) { request, responder, _ in
            if request.path == "/late" { return waiting.append(responder) }
            if request.path == "/fine" { return responder.send(Response(status: 200, text: "fine\n")) }
            responder.send(Response(status: 200), next: maker.next)
        }
        let patient = try site.peer()
        patient.say("GET /late HTTP/1.1\r\nHost: a\r\n\r\n")
        try site.turn { waiting.count == 1 }
        let deaf = try [site.peer(), site.peer()]
        for peer in deaf { peer.say(ask) }
        try site.turn { maker.made > 100 }
        let asker = try site.peer()
        _ = try site.exchange(asker, "GET /fine HTTP/1.1\r\nHost: a\r\n\r\n", until: "fine\n")
        try site.turn { site.server?.connections == 3 }
        waiting[0].send(Response(status: 200, text: "late\n"))
        try site.turn { patient.text.hasSuffix("late\n") }
    }

    @Test func `a stop that may take for ever waits for its answers`() throws {
        let site = try Site.patient()
        let peer = try site.peer()
        peer.say(ask)
        try site.turn { site.waiting.count == 1 }
        var hasStopped = false
        site.server?.stop(within: .seconds(Int64.max)) { hasStopped = true }
        try turn(site.loop, for: .milliseconds(20))
        #expect(!hasStopped)
        site.waiting[0].send(Response(status: 200, text: "fine\n"))
        try site.turn { hasStopped && peer.text.hasSuffix("fine\n") }
    }

    @Test func `at the limit with all answers still to come, the next is served when one of them is out`() throws {
        var limits = HTTPServer.Limits()
        limits.connections = 2
        let site = try Site.patient(limits)
        let inside = [try site.peer(), try site.peer()]
        for peer in inside { peer.say("GET / HTTP/1.0\r\n\r\n") }
        try site.turn { site.waiting.count == 2 }
        let late = try site.peer()
        late.say(ask)
        try turn(site.loop, for: .milliseconds(20))
        #expect(site.waiting.count == 2)
        site.waiting[0].send(Response(status: 200, text: "fine\n"))
        try site.turn { site.waiting.count == 3 }
        site.waiting[2].send(Response(status: 200, text: "late\n"))
        try site.turn { late.text.hasSuffix("late\n") }
    }

    @Test func `a request that comes byte by byte is one request, whole`() throws {
        let site = try Site(always: Response(status: 200, text: "fine\n"))
        let peer = try site.peer()
        for character in "POST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nx=y&z" {
            peer.say(String(character))
            try turn(site.loop, for: .milliseconds(1))
        }
        try site.turn { peer.text.hasSuffix("fine\n") }
        #expect(site.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["x=y&z"])
    }
}
