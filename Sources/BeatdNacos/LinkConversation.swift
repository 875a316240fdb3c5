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

    private var asked: [Asked] = []
    private var parser = ResponseParser()
    /// All requests that were asked together, one after the other.
    private var requests: [UInt8] = []
    private var handedOver = 0
    package private(set) var hasEnded = false

    package init() {}

    /// Whether nothing is in flight, and the next orders may be asked for.
    package var isIdle: Bool { asked.isEmpty && !hasEnded }

    /// What the socket has not taken yet.
    package var unsent: ArraySlice<UInt8> { requests[handedOver...] }

    /// The writes in flight, in the order of their answers.
    package var inFlight: [WriteID] { asked.map(\.id) }

    /// The write that the socket took in part: nobody can apply it before the rest has left.
    package var halfSent: WriteID? {
        asked.last { $0.bytes.lowerBound < handedOver && handedOver < $0.bytes.upperBound }?.id
    }

    /// An order to be sent now, behind those that were asked before it and of which no byte has left.
    package mutating func ask(_ order: WriteOrder) { ask(order, as: Wire.request(order)) }

    /// The same with its bytes, where they are at hand.
    mutating func ask(_ order: WriteOrder, as bytes: [UInt8]) {
        precondition(!hasEnded, "an order on a connection that has ended")
        if asked.isEmpty {
            requests.removeAll(keepingCapacity: true)
            handedOver = 0
        }
        precondition(handedOver == 0, "an order behind one that has left")
        let start = requests.count
        requests += bytes
        asked.append(Asked(id: order.id, kind: order.kind, api: order.api, bytes: start..<requests.count))
    }

    /// The socket took so many bytes of `unsent`.
    package mutating func took(_ count: Int) {
        precondition(count <= requests.count - handedOver, "the socket took more than it was given")
        handedOver += count
    }

    /// The socket is full: the requests of which it took no byte must not leave later, and are given back.
    package mutating func giveBack(_ why: String) -> [Outcome] {
        let kept = asked.prefix { isBegun($0) }
        let given = asked.dropFirst(kept.count)
        requests.removeLast(requests.count - (kept.last?.bytes.upperBound ?? handedOver))
        defer { asked = Array(kept) }
        return given.map { .replied($0.id, .notSent(why)) }
    }

    /// Bytes came.
    package mutating func received(_ bytes: some Sequence<UInt8>) -> [Outcome] {
        guard !hasEnded else { return [] }
        parser.take(bytes)
        var outcomes: [Outcome] = []
        while !hasEnded {
            guard let first = asked.first, isBegun(first) else {
                if parser.hasBegun { outcomes += end(.byUs("bytes came that nobody asked for")) }
                break
            }
            do throws(HTTPGarbage) {
                guard let response = try parser.next() else { break }
                outcomes += answered(first, response)
            } catch { outcomes += end(.byUs(error.sentence)) }
        }
        return outcomes
    }

    /// The peer ended the stream, or the socket failed.
    package mutating func ended(_ why: String) -> [Outcome] {
        if let first = asked.first, let response = parser.end() { return answered(first, response) }
        return end(.byPeer(why))
    }

    /// We end it: the socket takes nothing, or what is half sent may no longer leave.
    package mutating func giveUp(_ why: String) -> [Outcome] { end(.byUs(why)) }

    private func isBegun(_ request: Asked) -> Bool { handedOver > request.bytes.lowerBound }

    private mutating func answered(_ request: Asked, _ response: HTTPResponse) -> [Outcome] {
        let reply = Wire.reply(to: request.kind, request.api, response)
        asked.removeFirst()
        guard handedOver >= request.bytes.upperBound else {
            // A server may refuse what it hasn't read whole. It can't have done it: a yes belongs to something else.
            let why = "answered before the request was sent"
            if case .refused = reply { return [.replied(request.id, reply)] + end(.byPeer(why)) }
            return [.replied(request.id, .noAnswer(why))] + end(.byUs(why))
        }
        return [.replied(request.id, reply)] + (response.closes ? end(.announced) : [])
    }

    private mutating func end(_ why: ClosedReason) -> [Outcome] {
        guard !hasEnded else { return [] }
        hasEnded = true
        let unanswered = asked.map { request in
            Outcome.replied(request.id, isBegun(request) ? .noAnswer(why.sentence) : .notSent(why.sentence))
        }
        asked = []
        return unanswered + [.closed(why)]
    }
}
