/// Names one write, once.
package struct WriteID: Hashable, Sendable, Comparable {
    package var number: UInt64
    package init(number: UInt64) { self.number = number }
    package static func < (left: WriteID, right: WriteID) -> Bool { left.number < right.number }
}

/// Names one connection, once.
package struct ConnectionID: Hashable, Sendable, Comparable {
    package var number: UInt64
    package init(number: UInt64) { self.number = number }
    package static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.number < right.number }
}

/// What a link is to send at this very instant.
package struct WriteOrder: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case register
        /// `light`: identity only; else with the BeatInfo, whose `period` is this interval.
        case beat(light: Bool, period: Duration)
        case deregister
        /// Whether the server has that API: the list of the instance's service is asked for.
        case inquire
    }
    package var id: WriteID
    package var kind: Kind
    package var instance: Instance
    package var server: Server
    package var api: RegistryAPI

    package init(id: WriteID, kind: Kind, instance: Instance, server: Server, api: RegistryAPI = .v1) {
        self.id = id
        self.kind = kind
        self.instance = instance
        self.server = server
        self.api = api
    }
}

/// How a write ended.
package enum Reply: Hashable, Sendable {
    /// `intervalMilliseconds` and `lightBeats` as a beat's answer has them (`clientBeatInterval`, `lightBeatEnabled`).
    case accepted(intervalMilliseconds: Int64?, lightBeats: Bool?)
    /// The server doesn't know the instance (v1 20404, v3 21003).
    case notFound
    /// An answer that is no yes; to a question about the API: that the server does not have it, or decided nothing.
    case refused(Refusal)
    /// Bytes left and no (whole) answer came: the server may or may not apply them, now or later.
    case noAnswer(String)
    /// No byte left; where nothing else is in flight the connection is ending, and says `closed` next.
    case notSent(String)
}

/// Which write ended, and how.
package struct WriteReply: Hashable, Sendable {
    package var write: WriteID
    package var reply: Reply

    package init(_ write: WriteID, _ reply: Reply) {
        self.write = write
        self.reply = reply
    }
}

/// Why a connection ended.
package enum ClosedReason: Hashable, Sendable {
    /// It never opened; a sentence.
    case unreachable(String)
    /// The peer closed or reset it.
    case byPeer(String)
    /// The last answer said `Connection: close`; what stood behind it is not answered.
    case announced
    /// We closed it: garbage, a time limit, or because the heart asked.
    case byUs(String)

    package var sentence: String {
        switch self {
        case .unreachable(let text), .byPeer(let text), .byUs(let text): text
        case .announced: "the server closed the connection after an answer"
        }
    }
}
