import HTTPServer
import Linux
import Systemd
import TestSupport
import Testing

private let ask = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
private let fine = Response(status: 200, text: "fine\n")

struct HTTPServerTests {
    @Test func `a request arrives whole, and its answer keeps the connection`() throws {
        let site = try Site(always: fine)
        let peer = try site.peer()
        let head = "POST /a%20b/c?x=1+2&y=%C3%A9%2&z HTTP/1.1\r\nHost: a\r\nX-Token: T\r\nContent-Length: 16\r\n\r\n"
        let text = try site.exchange(peer, head + "name=a%26b&k=v+w", until: "fine\n")
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(text.contains("Content-Length: 5\r\n"))
        let request = try #require(site.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/a%20b/c")
        #expect(request.query.map { "\($0.name):\($0.value)" } == ["x:1 2", "y:é%2", "z:"])
        #expect(request.header("x-token") == "T")
        #expect(request.form().map { "\($0.name):\($0.value)" } == ["name:a&b", "k:v w"])
        #expect(request.peer == nil)

        _ = try site.exchange(peer, ask, until: "fine\n")
        #expect(site.requests.map(\.requestNumber) == [1, 2])
        #expect(site.requests[0].connection == site.requests[1].connection)
        let other = try site.peer()
        _ = try site.exchange(other, ask, until: "fine\n")
        #expect(site.requests[2].connection != site.requests[1].connection)
        #expect(site.requests[2].requestNumber == 1)
    }

    @Test func `requests that come together are answered in order`() throws {
        let site = try Site { request, responder, _ in responder.send(Response(status: 200, text: request.path + ";")) }
        let peer = try site.peer()
        let both = "GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\n"
        let text = try site.exchange(peer, both, until: "/two;")
        #expect(text.contains("/one;"))
    }

    @Test func `an answer may come later, and from outside of the handler`() throws {
        let site = try Site.patient()
        let peers = [try site.peer(), try site.peer()]
        for peer in peers { peer.say(ask) }
        try site.turn { site.waiting.count == 2 }
        try turn(site.loop, for: .milliseconds(20))
        #expect(peers.allSatisfy { $0.text == "" })
        site.waiting[1].send(Response(status: 410, text: "gone"))
        try site.turn { peers[1].text.hasSuffix("gone") }
        #expect(peers[0].text == "")
        site.waiting[0].send(fine)
        try site.turn { peers[0].text.hasSuffix("fine\n") }
        #expect(peers[1].text.hasPrefix("HTTP/1.1 410 Gone\r\n"))
    }

    @Test func `requests that came together wait for each other's late answers`() throws {
        let site = try Site.patient()
        let peer = try site.peer()
        peer.say(ask + ask + ask)
        for count in 1...3 {
            try site.turn { site.waiting.count == count }
            try turn(site.loop, for: .milliseconds(5))
            #expect(site.waiting.count == count)
            site.waiting[count - 1].send(Response(status: 200, text: "answer \(count);"))
            try site.turn { peer.text.contains("answer \(count);") }
        }
        #expect(site.requests.map(\.requestNumber) == [1, 2, 3])
    }

    @Test func `an answer may close the connection, or be missing`() throws {
        let site = try Site { request, responder, _ in
            if request.path == "/close" { responder.send(Response(status: 501, text: "no", closes: true)) }
            if request.path == "/abort" { responder.abort() }
            // Others drop the responder.
        }
        let closed = try site.peer()
        let text = try site.exchange(closed, "GET /close HTTP/1.1\r\nHost: a\r\n\r\n", until: "no")
        #expect(text.contains("Connection: close\r\n"))
        try site.turn {
            closed.hear()
            return closed.hasEnded
        }
        for path in ["/abort", "/drop"] {
            let peer = try site.peer()
            peer.say("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            try site.turn {
                peer.hear()
                return peer.hasEnded
            }
            #expect(peer.text == "")
        }
    }

    @Test func `an answer in chunks has no length`() throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 20_000) + Array("end".utf8)
        let site = try Site(
            always: Response(status: 200, headers: [("Content-Type", "a/b")], body: body, isChunked: true))
        let peer = try site.peer()
        let text = try site.exchange(peer, ask, until: "\r\n0\r\n\r\n")
        #expect(text.contains("Transfer-Encoding: chunked\r\n"))
        #expect(!text.contains("Content-Length"))
        #expect(text.count { $0 == "x" } == 20_000)
    }

    @Test func `a header that can't be sent closes the connection`() throws {
        let site = try Site(always: Response(status: 302, headers: [("Location", "/a\r\nX: y")]))
        let peer = try site.peer()
        peer.say(ask)
        try site.turn {
            peer.hear()
            return peer.hasEnded
        }
        #expect(peer.text == "")
    }

    @Test func `a body over the limit is refused, with and without a length`() throws {
        var limits = HTTPServer.Limits()
        limits.body = 100
        let site = try Site(always: fine, limits: limits)
        let head = "POST / HTTP/1.1\r\nHost: a\r\n"
        let fits = try site.peer()
        _ = try site.exchange(
            fits, head + "Content-Length: 100\r\n\r\n" + String(repeating: "x", count: 100), until: "fine")
        let declared = try site.peer()
        let refusal = try site.exchange(declared, head + "Content-Length: 101\r\n\r\n", until: "too large")
        #expect(refusal.hasPrefix("HTTP/1.1 413 "))
        let chunk = "40\r\n" + String(repeating: "x", count: 64) + "\r\n"
        let chunked = try site.peer()
        let chunks = head + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk + "0\r\n\r\n"
        #expect(try site.exchange(chunked, chunks, until: "too large").hasPrefix("HTTP/1.1 413 "))
        let endless = try site.peer()
        endless.say(head + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 20))
        try site.turn {
            endless.hear()
            return endless.hasEnded
        }
        #expect(site.requests.count == 1)
    }

    @Test func `a head over the limit is refused`() throws {
        var limits = HTTPServer.Limits()
        limits.head = 2048
        let site = try Site(always: fine, limits: limits)
        let peer = try site.peer()
        peer.say("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 4096) + "\r\n\r\n")
        try site.turn {
            peer.hear()
            return peer.hasEnded
        }
        #expect(peer.text.hasPrefix("HTTP/1.1 4"))
        #expect(site.requests.isEmpty)
    }

    @Test func `an idle connection is closed, a waiting one is not`() throws {
        var limits = HTTPServer.Limits()
        limits.idle = .seconds(1)
        let site = try Site.patient(limits)
        let waiting = try site.peer()
        waiting.say(ask)
        try site.turn { site.waiting.count == 1 }
        let idle = try site.peer()
        try site.turn {
            idle.hear()
            return idle.hasEnded
        }
        try turn(site.loop, for: .milliseconds(300))
        waiting.hear()
        #expect(!waiting.hasEnded)
        site.waiting[0].send(fine)
        try site.turn { waiting.text.hasSuffix("fine\n") }
    }

    @Test func `it serves on after it was full, and everyone left`() throws {
        var limits = HTTPServer.Limits()
        limits.connections = 5
        let site = try Site(always: fine, limits: limits)
        for _ in 0..<3 {
            let crowd = try (0..<5).map { _ in try site.peer() }
            for peer in crowd { _ = try site.exchange(peer, ask, until: "fine\n") }
            let late = try site.peer()
            late.say(ask)
            try turn(site.loop, for: .milliseconds(20))
            #expect(late.text == "")
            for peer in crowd { peer.close() }
            try site.turn { late.text.hasSuffix("fine\n") }
            late.close()
            try site.turn { site.server?.connections == 0 }
        }
    }

    @Test func `a client that vanished is noticed when its answer comes`() throws {
        let site = try Site.patient()
        let left = try site.peer()
        left.say(ask)
        let broke = try site.peer()
        broke.say(ask)
        try site.turn { site.waiting.count == 2 }
        left.close()
        broke.reset()
        try turn(site.loop, for: .milliseconds(20))
        for responder in site.waiting { responder.send(fine) }
        try site.turn { site.server?.connections == 0 }
        for responder in site.waiting { responder.send(fine) }
        let next = try site.peer()
        next.say(ask)
        try site.turn { site.waiting.count == 3 }
        site.waiting[2].send(fine)
        try site.turn { next.text.hasSuffix("fine\n") }
    }

    @Test func `a stop lets what was asked be answered, and closes who asks nothing`() throws {
        let site = try Site.patient()
        let waiting = try site.peer()
        waiting.say(ask)
        let idle = try site.peer()
        try site.turn { site.waiting.count == 1 && site.server?.connections == 2 }
        var hasStopped = false
        site.server?.stop(within: .seconds(20)) { hasStopped = true }
        try site.turn {
            idle.hear()
            return idle.hasEnded
        }
        #expect(!hasStopped)
        site.waiting[0].send(fine)
        try site.turn { hasStopped }
        #expect(waiting.text.contains("Connection: close\r\n"))
        #expect(waiting.text.hasSuffix("fine\n"))
    }

    @Test func `a stop at its limit closes who still waits`() throws {
        let site = try Site.patient()
        let waiting = try site.peer()
        waiting.say(ask)
        try site.turn { site.waiting.count == 1 }
        var hasStopped = false
        site.server?.stop(within: .milliseconds(30)) { hasStopped = true }
        try site.turn {
            waiting.hear()
            return hasStopped && waiting.hasEnded
        }
        site.waiting[0].send(fine)
        #expect(site.server?.connections == 0)
    }

    @Test func `a server may be let go with clients that wait, also by its own handler`() throws {
        let site = try Site { request, responder, site in
            site.waiting.append(responder)
            if request.path == "/end" { site.server = nil }
        }
        let waiting = try site.peer()
        waiting.say(ask)
        try site.turn { site.waiting.count == 1 }
        let last = try site.peer()
        last.say("GET /end HTTP/1.1\r\nHost: a\r\n\r\n")
        try site.turn {
            waiting.hear()
            last.hear()
            return waiting.hasEnded && last.hasEnded
        }
        for responder in site.waiting { responder.send(fine) }
        #expect(site.waiting.count == 2)
    }
}
