package import BeatdCore

/// What is said on one connection: bytes out, bytes in, and what they mean for the heart.
///
/// No socket of its own. Several requests may be in flight if they were asked together; answers come in their order
/// (RFC 9112, 9.3.2). Anything odd ends the connection, and whatever was in flight then is without an answer, or was not
/// sent if the socket took not one byte of it.
package struct LinkConversation {
    /// What the heart is to be told, in this order.
    package enum Outcome: Hashable, Sendable {
        case replied(WriteID, Reply)
        case closed(ClosedReason)
    }

    /// One request, until its answer has come.
    private struct Asked {
        let id: WriteID
        let kind: WriteOrder.Kind
        let api: RegistryAPI
        /// Where its bytes begin and end in `requests`.
        let bytes: Range<Int>
    }

    /// What an answer meant: the same one to the same kind of write means the same.
    private struct Meaning {
        let kind: WriteOrder.Kind
        let api: RegistryAPI
        let response: HTTPResponse
        let reply: Reply
    }

    /// All that was asked together.
    private var asked: [Asked] = []
    /// How many of those have their answer.
    private var answered = 0
    private var parser = ResponseParser()
    /// All requests that were asked together, one after the other.
    private var requests: [UInt8] = []
    private var handedOver = 0
    private var lastMeaning: Meaning?
    package private(set) var hasEnded = false

    package init() {}

    /// Whether nothing is in flight, and the next orders may be asked for.
    package var isIdle: Bool { asked.isEmpty && !hasEnded }

    private var open: ArraySlice<Asked> { asked[answered...] }

    /// What the socket has not taken yet.
    package var unsent: ArraySlice<UInt8> { requests[handedOver...] }

    /// The writes in flight, in the order of their answers.
    package var inFlight: [WriteID] { open.map(\.id) }

    /// The write that the socket took in part: nobody can apply it before the rest has left.
    package var halfSent: WriteID? {
        open.last { $0.bytes.lowerBound < handedOver && handedOver < $0.bytes.upperBound }?.id
    }

    /// An order to be sent now, behind those that were asked before it and of which no byte has left.
    package mutating func ask(_ order: WriteOrder) { ask(order) { $0 += Wire.request(order) } }

    /// The same, with what appends its bytes to those of others.
    mutating func ask(_ order: WriteOrder, append: (inout [UInt8]) -> Void) {
        precondition(!hasEnded, "an order on a connection that has ended")
        if asked.isEmpty {
            requests.removeAll(keepingCapacity: true)
            handedOver = 0
        }
        precondition(handedOver == 0, "an order behind one that has left")
        let start = requests.count
        append(&requests)
        asked.append(Asked(id: order.id, kind: order.kind, api: order.api, bytes: start..<requests.count))
    }

    /// The socket took so many bytes of `unsent`.
    package mutating func took(_ count: Int) {
        precondition(count <= requests.count - handedOver, "the socket took more than it was given")
        handedOver += count
    }

    /// The socket is full: the requests of which it took no byte must not leave later, and are given back.
    package mutating func giveBack(_ why: String) -> [Outcome] {
        let given = open.drop { isBegun($0) }
        requests.removeLast(requests.count - (given.first?.bytes.lowerBound ?? requests.count))
        asked.removeLast(given.count)
        forgetAnswered()
        return given.map { .replied($0.id, .notSent(why)) }
    }

    /// Bytes came.
    package mutating func received(_ bytes: some Sequence<UInt8>) -> [Outcome] {
        guard !hasEnded else { return [] }
        parser.take(bytes)
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(open.count)
        while !hasEnded {
            guard answered < asked.count, isBegun(asked[answered]) else {
                if parser.hasBegun { end(.byUs("bytes came that nobody asked for"), into: &outcomes) }
                break
            }
            do throws(HTTPGarbage) {
                guard let response = try parser.next() else { break }
                take(response, into: &outcomes)
            } catch {
                // An answer, though not one that anybody understands: what it answers may have been applied.
                let garbage = Refusal(.broken, status: 0, text: error.sentence, isCertain: false)
                outcomes.append(.replied(asked[answered].id, .refused(garbage)))
                answered += 1
                end(.byUs(error.sentence), into: &outcomes)
            }
        }
        return outcomes
    }

    /// The peer ended the stream, or the socket failed.
    package mutating func ended(_ why: String) -> [Outcome] {
        var outcomes: [Outcome] = []
        if answered < asked.count, let response = parser.end() {
            take(response, into: &outcomes)
        } else {
            end(.byPeer(why), into: &outcomes)
        }
        return outcomes
    }

    /// We end it: the socket takes nothing, or what is half sent may no longer leave.
    package mutating func giveUp(_ why: String) -> [Outcome] {
        var outcomes: [Outcome] = []
        end(.byUs(why), into: &outcomes)
        return outcomes
    }

    private func isBegun(_ request: Asked) -> Bool { handedOver > request.bytes.lowerBound }

    /// The answer to the first that has none.
    private mutating func take(_ response: HTTPResponse, into outcomes: inout [Outcome]) {
        let request = asked[answered]
        let reply = meaning(of: response, for: request)
        answered += 1
        forgetAnswered()
        guard handedOver >= request.bytes.upperBound else {
            // A server may refuse what it hasn't read whole. It can't have done it: a yes belongs to something else.
            let why = "answered before the request was sent"
            if case .refused = reply {
                outcomes.append(.replied(request.id, reply))
                return end(.byPeer(why), into: &outcomes)
            }
            outcomes.append(.replied(request.id, .noAnswer(why)))
            return end(.byUs(why), into: &outcomes)
        }
        outcomes.append(.replied(request.id, reply))
        if response.closes { end(.announced, into: &outcomes) }
    }

    private mutating func meaning(of response: HTTPResponse, for request: Asked) -> Reply {
        if let last = lastMeaning, last.kind == request.kind, last.api == request.api, last.response == response {
            return last.reply
        }
        let reply = Wire.reply(to: request.kind, request.api, response)
        if response.body.count <= RememberedAnswer.longest {
            lastMeaning = Meaning(kind: request.kind, api: request.api, response: response, reply: reply)
        }
        return reply
    }

    private mutating func forgetAnswered() {
        guard answered == asked.count else { return }
        asked.removeAll(keepingCapacity: true)
        answered = 0
    }

    private mutating func end(_ why: ClosedReason, into outcomes: inout [Outcome]) {
        guard !hasEnded else { return }
        hasEnded = true
        for request in open {
            outcomes.append(
                .replied(request.id, isBegun(request) ? .noAnswer(why.sentence) : .notSent(why.sentence)))
        }
        asked = []
        answered = 0
        outcomes.append(.closed(why))
    }
}
