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
        #expect(!talk.isIdle)
        #expect(talk.received(ok.prefix(10)).isEmpty)
        #expect(
            talk.received(ok.dropFirst(10)) == [
                .replied(order.id, .accepted(intervalMilliseconds: nil, lightBeats: nil))
            ])
        #expect(talk.isIdle)
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
        #expect(refused.halfSent == order.id)
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
        #expect(!sent.isIdle)
    }

    @Test func `the whole request leaves, however little the socket takes`() {
        var talk = asking(sent: false)
        var bytes: [UInt8] = []
        while let byte = talk.unsent.first {
            bytes.append(byte)
            talk.took(1)
            #expect((talk.halfSent == nil) == talk.unsent.isEmpty)
        }
        #expect(bytes == WireV1.request(order))
        #expect(talk.inFlight == [order.id])
        #expect(talk.received(ok).count == 1)
        #expect(talk.inFlight == [])
    }

    @Test func `an answer without a length is whole when the peer ends the connection`() {
        var talk = asking()
        #expect(talk.received(Array("HTTP/1.0 200 OK\r\n\r\nok".utf8)).isEmpty)
        #expect(
            talk.ended("closed") == [
                .replied(order.id, .accepted(intervalMilliseconds: nil, lightBeats: nil)),
                .closed(.announced),
            ])
    }

    @Test func `garbage leaves the write in doubt and ends the connection`() {
        var talk = asking()
        let outcomes = talk.received(Array("SSH-2.0\r\n".utf8))
        #expect(outcomes.first == .replied(order.id, .refused(status: 0, text: "what came is no HTTP answer")))
        #expect(talk.hasEnded)
        #expect(talk.received(ok).isEmpty)
    }

    @Test func `half an answer before the end is none`() {
        var talk = asking()
        #expect(talk.received(ok.dropLast()).isEmpty)
        #expect(talk.ended("closed").first == .replied(order.id, .noAnswer("closed")))
    }

    // MARK: Several in flight

    private func batch(_ count: Int, took: Int? = nil) -> (talk: LinkConversation, ids: [WriteID], size: Int) {
        var talk = LinkConversation()
        var ids: [WriteID] = []
        for number in 1...count {
            var next = order
            next.id = WriteID(number: UInt64(number))
            talk.ask(next)
            ids.append(next.id)
        }
        let size = talk.unsent.count / count
        talk.took(took ?? talk.unsent.count)
        return (talk, ids, size)
    }

    private let yes = Reply.accepted(intervalMilliseconds: nil, lightBeats: nil)

    @Test func `answers are matched in order, as many as came at once`() {
        var (talk, ids, _) = batch(3)
        #expect(talk.received(ok + ok + ok.dropLast()) == [.replied(ids[0], yes), .replied(ids[1], yes)])
        #expect(talk.inFlight == [ids[2]])
        #expect(talk.received(ok.suffix(1)) == [.replied(ids[2], yes)])
        #expect(talk.isIdle)
    }

    @Test func `the same answer means something else to another kind of write, and in another API`() {
        var talk = LinkConversation()
        let beat = WriteOrder.Kind.beat(light: true, period: .seconds(5))
        let asked: [(WriteOrder.Kind, RegistryAPI)] = [
            (.register, .v1), (.register, .v3), (.register, .v1), (beat, .v1), (beat, .v3),
        ]
        for (number, (kind, api)) in asked.enumerated() {
            talk.ask(
                WriteOrder(
                    id: WriteID(number: UInt64(number)), kind: kind, instance: order.instance, server: order.server,
                    api: api))
        }
        talk.took(talk.unsent.count)
        let no = Reply.refused(status: 200, text: "ok")
        let expected = zip(0..., [yes, no, yes, no, no]).map { number, reply in
            LinkConversation.Outcome.replied(WriteID(number: number), reply)
        }
        #expect(talk.received(ok + ok + ok + ok + ok) == expected)
    }

    @Test func `what stands behind a refusal that closes is in doubt`() {
        var (talk, ids, _) = batch(3)
        let no = Array("HTTP/1.1 400 \r\nConnection: close\r\nContent-Length: 2\r\n\r\nno".utf8)
        let why = Reply.noAnswer(ClosedReason.announced.sentence)
        #expect(
            talk.received(ok + no + ok) == [
                .replied(ids[0], yes), .replied(ids[1], .refused(status: 400, text: "no")), .replied(ids[2], why),
                .closed(.announced),
            ])
    }

    @Test func `a full socket gives back whole requests, and keeps the one of which a part has left`() {
        let size = batch(1).size
        var (talk, ids, _) = batch(3, took: size + 5)
        #expect(talk.halfSent == ids[1])
        #expect(talk.giveBack("full") == [.replied(ids[2], .notSent("full"))])
        #expect(talk.inFlight == [ids[0], ids[1]])
        #expect(talk.unsent.count == size - 5)
        #expect(talk.received(ok) == [.replied(ids[0], yes)])
        talk.took(talk.unsent.count)
        #expect(talk.received(ok) == [.replied(ids[1], yes)])
        #expect(talk.isIdle)
    }

    @Test func `a socket that took whole requests alone leaves none half sent`() {
        let size = batch(1).size
        var (talk, ids, _) = batch(2, took: size)
        #expect(talk.halfSent == nil)
        #expect(talk.giveBack("full") == [.replied(ids[1], .notSent("full"))])
        #expect(talk.unsent.isEmpty)
        #expect(talk.inFlight == [ids[0]])
    }

    @Test func `an end tells what left from what did not`() {
        var (talk, ids, _) = batch(3, took: batch(1).size + 5)
        #expect(
            talk.ended("reset") == [
                .replied(ids[0], .noAnswer("reset")), .replied(ids[1], .noAnswer("reset")),
                .replied(ids[2], .notSent("reset")), .closed(.byPeer("reset")),
            ])
    }
}
