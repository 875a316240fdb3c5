import BeatdCore
import BeatdNacos
import Testing

/// A conversation through any course of events: what must hold whatever happens.
@Suite struct ConversationWalkTests {
    private static let words: [String] = [
        "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 \r\nContent-", "Length: 2\r\n\r\no", "k",
        "HTTP/1.1 500 \r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n", "ok", "\0", "",
        "HTTP/1.1 100 \r\n\r\n",
    ]

    /// One conversation, and what was seen of it.
    private struct Walk {
        var talk = LinkConversation()
        var issued: UInt64 = 0
        var open: WriteID?
        var sent = 0
        var isClosed = false
        var accepted = 0

        mutating func ask() {
            guard talk.wantsOrder else { return }
            #expect(open == nil && !isClosed)
            issued += 1
            let order = Recorded.Case(instance: Recorded.instance(), server: Recorded.server).order(.register)
            talk.ask(
                WriteOrder(id: WriteID(number: issued), kind: .register, instance: order.instance, server: order.server)
            )
            open = WriteID(number: issued)
            sent = 0
        }

        mutating func take(_ count: Int) {
            let count = min(count, talk.unsent.count)
            talk.took(count)
            sent += count
        }

        mutating func see(_ outcomes: [LinkConversation.Outcome]) {
            for outcome in outcomes {
                #expect(!isClosed, "something is said after the end")
                switch outcome {
                case .replied(let id, let reply):
                    #expect(id == open, "an answer to nothing, or twice")
                    if case .notSent = reply { #expect(sent == 0) } else { #expect(sent > 0) }
                    if case .accepted = reply {
                        #expect(talk.unsent.isEmpty)
                        accepted += 1
                    }
                    open = nil
                case .closed:
                    #expect(open == nil, "an end that leaves a write without a word")
                    isClosed = true
                }
            }
            #expect(talk.hasEnded == isClosed)
            #expect(talk.inFlight == open)
            #expect(talk.wantsOrder == (open == nil && !isClosed))
        }
    }

    @Test func `every write gets one reply, and the end is told once and last`() {
        var chance = Chance(seed: 23)
        var accepted = 0
        for _ in 0..<20_000 {
            var walk = Walk()
            walk.ask()
            for _ in 0..<Int.random(in: 1...14, using: &chance) {
                switch Int.random(in: 0...9, using: &chance) {
                case 0...1: walk.ask()
                case 2: walk.take(Int.random(in: 0...400, using: &chance))
                case 3...4: walk.take(.max)
                case 5...8: walk.see(walk.talk.received(Array((Self.words.randomElement(using: &chance) ?? "").utf8)))
                default: if Bool.random(using: &chance) { walk.see(walk.talk.giveUp("why")) }
                }
            }
            walk.see(walk.talk.ended("closed"))
            #expect(walk.isClosed && walk.open == nil)
            accepted += walk.accepted
        }
        #expect(accepted > 300)
    }
}
