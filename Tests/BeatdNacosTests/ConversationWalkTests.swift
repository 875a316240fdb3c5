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
        /// What is in flight, and where its bytes begin.
        var open: [(id: WriteID, start: Int)] = []
        var length = 0
        var sent = 0
        var isClosed = false
        var accepted = 0
        var behind = 0

        mutating func ask(_ count: Int) {
            guard talk.isIdle else { return }
            #expect(open.isEmpty && !isClosed)
            length = 0
            sent = 0
            for _ in 0..<count {
                issued += 1
                let order = Recorded.Case(instance: Recorded.instance(), server: Recorded.server).order(.register)
                talk.ask(
                    WriteOrder(
                        id: WriteID(number: issued), kind: .register, instance: order.instance, server: order.server))
                open.append((WriteID(number: issued), length))
                length = talk.unsent.count
            }
        }

        mutating func take(_ count: Int) {
            let count = min(count, talk.unsent.count)
            talk.took(count)
            sent += count
        }

        mutating func see(_ outcomes: [LinkConversation.Outcome], isGivenBack: Bool = false) {
            for outcome in outcomes {
                #expect(!isClosed, "something is said after the end")
                switch outcome {
                case .replied(let id, let reply):
                    // What is given back stands at the end, all else is answered in order.
                    guard let place = isGivenBack ? open.firstIndex(where: { $0.id == id }) : 0, place < open.count
                    else {
                        Issue.record("an answer to nothing")
                        return
                    }
                    let first = open.remove(at: place)
                    #expect(id == first.id, "an answer out of order, or twice")
                    if case .notSent = reply { #expect(sent <= first.start) } else { #expect(sent > first.start) }
                    if case .accepted = reply {
                        #expect(sent >= (open.first?.start ?? length))
                        accepted += 1
                        if first.start > 0 { behind += 1 }
                    }
                case .closed:
                    #expect(open.isEmpty, "an end that leaves a write without a word")
                    isClosed = true
                }
            }
            if isGivenBack { length = sent + talk.unsent.count }
            #expect(talk.hasEnded == isClosed)
            #expect(talk.inFlight == open.map(\.id))
            #expect(talk.isIdle == (open.isEmpty && !isClosed))
        }
    }

    @Test func `every write gets one reply, and the end is told once and last`() {
        var chance = Chance(seed: 23)
        var accepted = 0
        var behind = 0
        for _ in 0..<20_000 {
            var walk = Walk()
            walk.ask(Int.random(in: 1...3, using: &chance))
            for _ in 0..<Int.random(in: 1...14, using: &chance) {
                switch Int.random(in: 0...10, using: &chance) {
                case 0...1: walk.ask(Int.random(in: 1...4, using: &chance))
                case 2: walk.take(Int.random(in: 0...900, using: &chance))
                case 3...4: walk.take(.max)
                case 10: walk.see(walk.talk.giveBack("full"), isGivenBack: true)
                case 5...8: walk.see(walk.talk.received(Array((Self.words.randomElement(using: &chance) ?? "").utf8)))
                default: if Bool.random(using: &chance) { walk.see(walk.talk.giveUp("why")) }
                }
            }
            walk.see(walk.talk.ended("closed"))
            #expect(walk.isClosed && walk.open.isEmpty)
            accepted += walk.accepted
            behind += walk.behind
        }
        #expect(accepted > 300)
        #expect(behind > 10)
    }
}
