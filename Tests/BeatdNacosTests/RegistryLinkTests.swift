import BeatdCore
import BeatdNacos
import Systemd
import TestSupport
import Testing

@Suite struct RegistryLinkTests {
    private let ok = "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok"
    private let accepted = Reply.accepted(intervalMilliseconds: nil, lightBeats: nil)
    private let beat = WriteOrder.Kind.beat(light: true, period: .seconds(5))
    private let ended = "the other end closed the connection"
    private let broken = "the other end reset the connection"

    @Test func `requests leave whole, answers come back, and the connection goes on`() throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        for number in 1...3 as ClosedRange<UInt64> {
            try bench.send(bench.order(number == 2 ? beat : .register), on: id, to: peer)
            peer.say(number == 2 ? String(decoding: try Recorded.answer("nacos-2.5.0-beat"), as: UTF8.self) : ok)
            let reply = number == 2 ? Reply.accepted(intervalMilliseconds: 5000, lightBeats: true) : accepted
            #expect(try bench.next() == [.replied(number, reply)])
        }
        #expect(!peer.hasEnded)
        #expect(bench.asked == 3)
    }

    @Test func `an order is asked for only when the connection can write`() throws {
        let bench = try LinkBench()
        let id = ConnectionID(number: 1)
        bench.link.write(on: id)
        bench.link.open(id, to: bench.server)
        bench.link.write(on: id)
        let peer = try bench.site.accept()
        #expect(bench.asked == 0)
        #expect(try bench.next() == [.connected(id)])
        try bench.send(bench.order(), on: id, to: peer)
        bench.order()
        bench.link.write(on: id)
        #expect(bench.asked == 1)
    }

    @Test func `the heart may write again as soon as it is told`() throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        bench.react = { if case .replied(let number, _) = $0, number < 20 { bench.link.write(on: id) } }
        for _ in 1...20 { bench.order() }
        bench.link.write(on: id)
        try turn(bench.site.loop) {
            if peer.text.hasSuffix("\r\n\r\n") {
                peer.forget()
                peer.say(ok)
            }
            return bench.told.count == 20
        }
        #expect(bench.take() == (1...20).map { .replied($0, accepted) })
        #expect(!bench.wasNested)
    }

    @Test func `an answer in many pieces is one answer`() throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        try bench.send(bench.order(beat), on: id, to: peer)
        for byte in try Recorded.answer("nacos-2.5.0-beat-unknown") {
            #expect(bench.told.isEmpty)
            peer.say([byte])
            try bench.site.loop.turn(timeout: .milliseconds(5))
        }
        #expect(try bench.next() == [.replied(1, .notFound)])
    }

    @Test func `orders that are given together leave in one go, and are answered one by one`() throws {
        let bench = try LinkBench()
        bench.depth = 3
        let (id, peer) = try bench.open()
        let orders = (1...4).map { _ in bench.order(beat) }
        let wanted = orders.prefix(3).map { String(decoding: WireV1.request($0), as: UTF8.self) }.joined()
        bench.link.write(on: id)
        try turn(bench.site.loop) { peer.text.utf8.count >= wanted.utf8.count }
        #expect(peer.text == wanted)
        bench.link.write(on: id)
        #expect(bench.asked == 1)
        let answer = String(decoding: try Recorded.answer("nacos-2.5.0-beat"), as: UTF8.self)
        peer.say(answer + answer)
        let reply = Reply.accepted(intervalMilliseconds: 5000, lightBeats: true)
        #expect(try bench.next(2) == [.replied(1, reply), .replied(2, reply)])
        peer.close()
        #expect(try bench.next(2) == [.replied(3, .noAnswer(ended)), .closed(id, .byPeer(ended))])
    }

    // MARK: Bad days

    @Test func `nobody listens`() throws {
        let bench = try LinkBench()
        try bench.site.end()
        bench.link.open(ConnectionID(number: 1), to: bench.server)
        #expect(bench.told.isEmpty)
        #expect(try bench.next() == [.closed(ConnectionID(number: 1), .unreachable("connection refused"))])
    }

    @Test func `nobody answers the connect`() throws {
        let bench = try LinkBench()
        bench.link.connectTimeout = .milliseconds(150)
        let crowd = try bench.site.fill()
        bench.link.open(ConnectionID(number: 1), to: bench.server)
        #expect(try bench.next() == [.closed(ConnectionID(number: 1), .unreachable("no answer in time"))])
        #expect(crowd.count == 3)
    }

    @Test func `a host that is none is unreachable`() throws {
        let bench = try LinkBench()
        bench.link.open(ConnectionID(number: 1), to: Server(host: "a b", port: 1))
        let told = try bench.next()
        guard case .closed(_, .unreachable) = told[0], told.count == 1 else {
            Issue.record("\(told)")
            return
        }
    }

    /// What the peer does instead of an answer, and what becomes of write 1.
    @Test(arguments: [
        ("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\no", false, true), ("", false, true), ("HTT", true, true),
        ("HTTP/1.1 200 \r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", false, false),
    ]) func `the peer ends the connection`(_ text: String, _ resets: Bool, _ isDoubtful: Bool) throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        try bench.send(bench.order(), on: id, to: peer)
        peer.say(text)
        // A reset takes with it what was not read yet.
        if resets { try turn(bench.site.loop, for: .milliseconds(30)) }
        if resets { peer.reset() } else { peer.close() }
        let why = resets ? broken : ended
        let reply = isDoubtful ? Reply.noAnswer(why) : accepted
        #expect(try bench.next(2) == [.replied(1, reply), .closed(id, isDoubtful ? .byPeer(why) : .announced)])
        bench.order()
        bench.link.write(on: id)
        #expect(bench.asked == 1)
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.2\r\n", "what came is no HTTP answer"),
        ("HTTP/1.1 200 \r\nContent-Length: x\r\n\r\n", "a content length that is none"),
        ("HTTP/1.1 200 \r\nContent-Length: 10485760\r\n\r\n", "a body longer than 256 KiB"),
        ("HTTP/1.1 200 \r\nA: " + String(repeating: "a", count: 20_000), "a head longer than 16 KiB"),
    ]) func `garbage ends the connection and leaves the write in doubt`(_ text: String, _ why: String) throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        try bench.send(bench.order(), on: id, to: peer)
        peer.say(text)
        #expect(try bench.next(2) == [.replied(1, .refused(status: 0, text: why)), .closed(id, .byUs(why))])
        try turn(bench.site.loop) {
            peer.hear()
            return peer.hasEnded
        }
    }

    @Test(arguments: ["", "Transfer-Encoding: chunked\r\n\r\n3fff0"])
    func `ten megabytes are not read`(_ head: String) throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        try bench.send(bench.order(), on: id, to: peer)
        peer.say("HTTP/1.1 200 \r\n\(head)\r\n")
        let piece = [UInt8](repeating: 65, count: 1 << 16)
        var said = 0
        try turn(bench.site.loop) {
            if said < 10 << 20 { said += max(peer.say(piece), 0) }
            return bench.told.count == 2
        }
        #expect(said < 8 << 20)
        guard case .closed(id, .byUs) = bench.take().last else {
            Issue.record("it went on")
            return
        }
    }

    @Test func `refusals are replies, and the connection goes on where the server lets it`() throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        for (number, name) in ["nacos-2.5.0-beat-no-token", "nginx-bad-gateway", "nacos-3.0.3-empty"].enumerated() {
            try bench.send(bench.order(beat), on: id, to: peer)
            peer.say(try Recorded.answer(name))
            guard case .replied(UInt64(number + 1), .refused) = try bench.next().first else {
                Issue.record("\(name) is no refusal")
                return
            }
        }
        try bench.send(bench.order(), on: id, to: peer)
        peer.say(try Recorded.answer("nacos-2.5.0-html"))
        let told = try bench.next(2)
        #expect(told.last == .closed(id, .announced))
    }

    @Test func `a server that hangs keeps its write in flight until the heart closes`() throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        try bench.send(bench.order(), on: id, to: peer)
        try turn(bench.site.loop, for: .milliseconds(50))
        bench.link.close(id)
        try turn(bench.site.loop) {
            peer.hear()
            return peer.hasEnded
        }
        #expect(bench.told.isEmpty)
        bench.link.write(on: id)
        #expect(bench.asked == 1)
    }

    @Test func `closed while it opens, it says nothing more`() throws {
        let bench = try LinkBench()
        bench.link.open(ConnectionID(number: 1), to: bench.server)
        bench.link.close(ConnectionID(number: 1))
        try turn(bench.site.loop, for: .milliseconds(30))
        #expect(bench.told.isEmpty)
    }

    @Test func `one connection's end leaves the others alone`() throws {
        let bench = try LinkBench()
        let (first, deaf) = try bench.open(1)
        let (second, peer) = try bench.open(2)
        try bench.send(bench.order(), on: first, to: deaf)
        try bench.send(bench.order(), on: second, to: peer)
        deaf.reset()
        #expect(try bench.next(2) == [.replied(1, .noAnswer(broken)), .closed(first, .byPeer(broken))])
        peer.say(ok)
        #expect(try bench.next() == [.replied(2, accepted)])
    }

    // MARK: Words and ends that nobody asked for

    @Test func `a server that closes an idle connection is heard at once`() throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        peer.close()
        #expect(try bench.next() == [.closed(id, .byPeer(ended))])
    }

    @Test func `a server that speaks unasked is not connected`() throws {
        let bench = try LinkBench()
        bench.link.open(ConnectionID(number: 1), to: bench.server)
        let peer = try bench.site.accept()
        peer.say("220 mail.example.org ESMTP\r\n")
        let told = try bench.next()
        // Whether the greeting comes before or after the connect counts as done: no order is ever asked for on it.
        let end = LinkBench.Told.closed(ConnectionID(number: 1), .byUs("bytes came that nobody asked for"))
        if told == [end] { return }
        #expect(told == [.connected(ConnectionID(number: 1))])
        #expect(try bench.next() == [end])
    }

    @Test func `an end that came while the connection was silent costs no write`() throws {
        let bench = try LinkBench()
        let (id, peer) = try bench.open()
        // Silent for longer than a second; then the end comes, and the write is due in the same turn.
        let loop = bench.site.loop
        let heard = loop.turnTime
        try turn(loop) { loop.turnTime - heard > 1_000_000_000 }
        peer.close()
        bench.order()
        bench.link.write(on: id)
        #expect(bench.asked == 0)
        #expect(try bench.next() == [.closed(id, .byPeer(ended))])
    }

    // MARK: Large requests

    /// More than a socket ever takes at once (net.ipv4.tcp_wmem: 4 MiB).
    private static let large = ["blob": String(repeating: "x", count: 6 << 20)]

    /// Lets the connection write more than its socket takes, and the peer read some of it.
    private func sendHalf(_ bench: LinkBench, _ id: ConnectionID, _ peer: ScriptedPeer) throws -> WriteOrder {
        let order = bench.order(metadata: Self.large)
        bench.link.write(on: id)
        try turn(bench.site.loop) { peer.text.utf8.count > 0 }
        return order
    }

    @Test func `what the socket doesn't take at once follows`() throws {
        let bench = try LinkBench()
        bench.site.narrow()
        let (id, peer) = try bench.open()
        let order = try sendHalf(bench, id, peer)
        let wanted = WireV1.request(order)
        try turn(bench.site.loop) {
            peer.hear()
            return peer.heard.count >= wanted.count
        }
        #expect(peer.heard == wanted)
        peer.say(ok)
        #expect(try bench.next() == [.replied(1, accepted)])
        try bench.send(bench.order(beat), on: id, to: peer)
    }

    @Test func `the rest of a half-sent write stays here when it may no longer leave`() throws {
        let bench = try LinkBench()
        bench.site.narrow()
        let (id, peer) = try bench.open()
        bench.mayFinish = false
        bench.order(metadata: Self.large)
        bench.link.write(on: id)
        try turn(bench.site.loop) {
            peer.hear()
            return peer.hasEnded
        }
        #expect(peer.heard.count < 6 << 20)
        let why = "half sent, and no longer wanted"
        #expect(bench.take() == [.replied(1, .noAnswer(why)), .closed(id, .byUs(why))])
    }

    @Test func `a server that refuses what it has not read whole is heard`() throws {
        let bench = try LinkBench()
        bench.site.narrow()
        let (id, peer) = try bench.open()
        _ = try sendHalf(bench, id, peer)
        peer.say("HTTP/1.1 400 \r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large")
        #expect(
            try bench.next(2) == [
                .replied(1, .refused(status: 400, text: "too large")),
                .closed(id, .byPeer("answered before the request was sent")),
            ])
    }
}
