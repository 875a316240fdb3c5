import BeatdCore
import BeatdNacos
import Testing

@Suite struct LinkConversationTests {
    private let order = WriteOrder(
        id: WriteID(number: 7), kind: .register,
        instance: Instance(
            identity: WireIdentity(
                service: ServiceKey(namespace: "public", group: "G", service: "s"), ip: "10.0.0.1", port: 1)),
        server: Server())
    private let ok = Array("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok".utf8)

    private func asking(sent: Bool = true) -> LinkConversation {
        var talk = LinkConversation()
        talk.ask(order)
        if sent { talk.took(talk.unsent.count) }
        return talk
    }

    @Test func `an answer is matched to its request, and the next may be asked`() {
        var talk = asking()
        #expect(!talk.wantsOrder)
        #expect(talk.received(ok.prefix(10)).isEmpty)
        #expect(
            talk.received(ok.dropFirst(10)) == [
                .replied(order.id, .accepted(intervalMilliseconds: nil, lightBeats: nil))
            ])
        #expect(talk.wantsOrder)
    }

    @Test func `a connection that ends before a byte left gives the write back`() {
        var talk = asking(sent: false)
        #expect(talk.ended("reset") == [.replied(order.id, .notSent("reset")), .closed(.byPeer("reset"))])
        #expect(talk.hasEnded)
    }

    @Test func `a connection that ends after one byte left leaves the write in doubt`() {
        var talk = asking(sent: false)
        talk.took(1)
        #expect(talk.ended("reset") == [.replied(order.id, .noAnswer("reset")), .closed(.byPeer("reset"))])
    }

    @Test func `Connection close ends the connection after its answer`() {
        var talk = asking()
        let outcomes = talk.received(Array("HTTP/1.1 200 \r\nConnection: close\r\nContent-Length: 2\r\n\r\nok".utf8))
        #expect(outcomes.count == 2)
        #expect(talk.hasEnded)
    }

    @Test func `bytes that nobody asked for end the connection`() {
        var idle = LinkConversation()
        #expect(idle.received(ok.prefix(1)) == [.closed(.byUs("bytes came that nobody asked for"))])
        #expect(idle.received(ok).isEmpty)
        var talk = asking()
        let outcomes = talk.received(ok + Array("HTTP".utf8))
        #expect(outcomes.count == 2)
        #expect(outcomes.last == .closed(.byUs("bytes came that nobody asked for")))
    }

    @Test func `an answer before the first byte left answers something else`() {
        var talk = asking(sent: false)
        let why = "bytes came that nobody asked for"
        #expect(talk.received(ok) == [.replied(order.id, .notSent(why)), .closed(.byUs(why))])
    }

    @Test func `a refusal of a request half sent is one, a yes is not`() {
        let why = "answered before the request was sent"
        var refused = asking(sent: false)
        refused.took(10)
        #expect(refused.isHalfSent)
        let no = Array("HTTP/1.1 400 \r\nContent-Length: 2\r\n\r\nno".utf8)
        #expect(
            refused.received(no) == [
                .replied(order.id, .refused(status: 400, text: "no")), .closed(.byPeer(why)),
            ])
        var praised = asking(sent: false)
        praised.took(10)
        #expect(praised.received(ok) == [.replied(order.id, .noAnswer(why)), .closed(.byUs(why))])
    }

    @Test func `giving up leaves a write in doubt only if some of it left`() {
        var unsent = asking(sent: false)
        #expect(unsent.giveUp("full") == [.replied(order.id, .notSent("full")), .closed(.byUs("full"))])
        var sent = asking()
        #expect(sent.giveUp("late") == [.replied(order.id, .noAnswer("late")), .closed(.byUs("late"))])
        #expect(sent.giveUp("again").isEmpty)
        #expect(sent.ended("again").isEmpty)
        #expect(!sent.wantsOrder)
    }

    @Test func `the whole request leaves, however little the socket takes`() {
        var talk = asking(sent: false)
        var bytes: [UInt8] = []
        while let byte = talk.unsent.first {
            bytes.append(byte)
            talk.took(1)
            #expect(talk.isHalfSent != talk.unsent.isEmpty)
        }
        #expect(bytes == WireV1.request(order))
        #expect(talk.inFlight == order.id)
        #expect(talk.received(ok).count == 1)
        #expect(talk.inFlight == nil)
    }

    @Test func `an answer without a length is whole when the peer ends the connection`() {
        var talk = asking()
        #expect(talk.received(Array("HTTP/1.0 200 OK\r\n\r\nok".utf8)).isEmpty)
        #expect(
            talk.ended("closed") == [
                .replied(order.id, .accepted(intervalMilliseconds: nil, lightBeats: nil)),
                .closed(.byPeer("Connection: close")),
            ])
    }

    @Test func `garbage leaves the write in doubt and ends the connection`() {
        var talk = asking()
        let outcomes = talk.received(Array("SSH-2.0\r\n".utf8))
        #expect(outcomes.first == .replied(order.id, .noAnswer("what came is no HTTP answer")))
        #expect(talk.hasEnded)
        #expect(talk.received(ok).isEmpty)
    }

    @Test func `half an answer before the end is none`() {
        var talk = asking()
        #expect(talk.received(ok.dropLast()).isEmpty)
        #expect(talk.ended("closed").first == .replied(order.id, .noAnswer("closed")))
    }
}
