package import BeatdCore

/// What is said on one connection: bytes out, bytes in, and what they mean for the heart.
///
/// No socket of its own.
///
/// One request in flight; its answer is the next one that comes. Anything odd ends the connection.
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

    /// An order to be sent now.
    package mutating func ask(_ order: WriteOrder) {
        guard case .idle = state else { preconditionFailure("an order on a connection that has one") }
        state = .asking(order)
        request = WireV1.request(order)
        handedOver = 0
    }

    /// The socket took so many bytes of `unsent`.
    package mutating func took(_ count: Int) { handedOver += count }

    /// Bytes came.
    package mutating func received(_ bytes: some Sequence<UInt8>) -> [Outcome] {
        guard !hasEnded else { return [] }
        parser.take(bytes)
        do throws(HTTPGarbage) {
            guard let response = try parser.next() else {
                // Bytes that nobody asked for belong to no request.
                if case .idle = state, parser.hasBegun { return end(.byUs("bytes came that nobody asked for")) }
                return []
            }
            return answered(response)
        } catch { return end(.byUs(error.sentence)) }
    }

    /// The peer ended the stream, or the socket failed.
    package mutating func ended(_ why: String) -> [Outcome] {
        guard !hasEnded else { return [] }
        if case .asking = state, let response = parser.end() { return answered(response) }
        return end(.byPeer(why))
    }

    private mutating func answered(_ response: HTTPResponse) -> [Outcome] {
        guard case .asking(let order) = state else { return end(.byUs("an answer that nobody asked for")) }
        // An answer to a request that was not sent whole may be to another one.
        guard unsent.isEmpty else {
            state = .ended
            let reply = WireV1.reply(to: order.kind, response)
            return [.replied(order.id, reply), .closed(.byPeer("answered before the request was sent"))]
        }
        state = response.closes ? .ended : .idle
        let reply = Outcome.replied(order.id, WireV1.reply(to: order.kind, response))
        if response.closes { return [reply, .closed(.byPeer("Connection: close"))] }
        guard !parser.hasBegun else { return [reply] + end(.byUs("bytes came that nobody asked for")) }
        return [reply]
    }

    private mutating func end(_ why: ClosedReason) -> [Outcome] {
        defer { state = .ended }
        guard case .asking(let order) = state else { return [.closed(why)] }
        let reply = handedOver == 0 ? Reply.notSent(Self.text(why)) : .noAnswer(Self.text(why))
        return [.replied(order.id, reply), .closed(why)]
    }

    private static func text(_ why: ClosedReason) -> String {
        switch why {
        case .unreachable(let text), .byPeer(let text), .byUs(let text): text
        }
    }
}
