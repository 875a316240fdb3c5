package import BeatdCore

/// What is said on one connection: bytes out, bytes in, and what they mean for the heart.
///
/// No socket of its own. One request in flight; its answer is the next one that comes. Anything odd ends the connection,
/// and a write that was in flight then is without an answer, or was not sent if the socket took not one byte of it.
package struct LinkConversation {
    /// What the heart is to be told, in this order.
    package enum Outcome: Hashable, Sendable {
        case replied(WriteID, Reply)
        case closed(ClosedReason)
    }

    private enum State {
        case idle
        case asking(WriteOrder)
        case ended
    }

    private var state = State.idle
    private var parser = ResponseParser()
    private var request: [UInt8] = []
    private var handedOver = 0

    package init() {}

    /// Whether the next order may be asked for.
    package var wantsOrder: Bool { if case .idle = state { true } else { false } }

    /// What the socket has not taken yet.
    package var unsent: ArraySlice<UInt8> { request[handedOver...] }

    package var hasEnded: Bool { if case .ended = state { true } else { false } }

    /// The write in flight.
    package var inFlight: WriteID? { if case .asking(let order) = state { order.id } else { nil } }

    /// Whether the socket took some bytes of the request, not all: nobody can apply it before the rest has left.
    package var isHalfSent: Bool { handedOver > 0 && handedOver < request.count }

    /// An order to be sent now.
    package mutating func ask(_ order: WriteOrder) { ask(order, as: Wire.request(order)) }

    /// The same with its bytes, where they are at hand.
    mutating func ask(_ order: WriteOrder, as bytes: [UInt8]) {
        guard case .idle = state else { preconditionFailure("an order on a connection that has one") }
        state = .asking(order)
        request = bytes
        handedOver = 0
    }

    /// The socket took so many bytes of `unsent`.
    package mutating func took(_ count: Int) {
        precondition(count <= request.count - handedOver, "the socket took more than it was given")
        handedOver += count
    }

    /// Bytes came.
    package mutating func received(_ bytes: some Sequence<UInt8>) -> [Outcome] {
        guard !hasEnded else { return [] }
        parser.take(bytes)
        guard case .asking(let order) = state, handedOver > 0 else {
            return parser.hasBegun ? end(.byUs("bytes came that nobody asked for")) : []
        }
        do throws(HTTPGarbage) {
            guard let response = try parser.next() else { return [] }
            return answered(order, response)
        } catch { return end(.byUs(error.sentence)) }
    }

    /// The peer ended the stream, or the socket failed.
    package mutating func ended(_ why: String) -> [Outcome] {
        if case .asking(let order) = state, let response = parser.end() { return answered(order, response) }
        return end(.byPeer(why))
    }

    /// We end it: the socket takes nothing, or what is half sent may no longer leave.
    package mutating func giveUp(_ why: String) -> [Outcome] { end(.byUs(why)) }

    private mutating func answered(_ order: WriteOrder, _ response: HTTPResponse) -> [Outcome] {
        let id = order.id
        let reply = Wire.reply(to: order.kind, order.api, response)
        guard unsent.isEmpty else {
            // A server may refuse what it hasn't read whole. It can't have done it: a yes belongs to something else.
            let why = "answered before the request was sent"
            state = .ended
            if case .refused = reply { return [.replied(id, reply), .closed(.byPeer(why))] }
            return [.replied(id, .noAnswer(why)), .closed(.byUs(why))]
        }
        state = .idle
        guard !response.closes else { return [.replied(id, reply)] + end(.byPeer("Connection: close")) }
        guard !parser.hasBegun else { return [.replied(id, reply)] + end(.byUs("bytes came that nobody asked for")) }
        return [.replied(id, reply)]
    }

    private mutating func end(_ why: ClosedReason) -> [Outcome] {
        defer { state = .ended }
        switch state {
        case .ended: return []
        case .idle: return [.closed(why)]
        case .asking(let order):
            let reply = handedOver == 0 ? Reply.notSent(Self.text(why)) : .noAnswer(Self.text(why))
            return [.replied(order.id, reply), .closed(why)]
        }
    }

    private static func text(_ why: ClosedReason) -> String {
        switch why {
        case .unreachable(let text), .byPeer(let text), .byUs(let text): text
        }
    }
}
