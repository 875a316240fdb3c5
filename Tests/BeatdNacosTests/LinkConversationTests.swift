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
        #expect(idle.received(ok) == [.closed(.byUs("an answer that nobody asked for"))])
        var talk = asking()
        let outcomes = talk.received(ok + Array("HTTP".utf8))
        #expect(outcomes.last == .closed(.byUs("bytes came that nobody asked for")))
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
