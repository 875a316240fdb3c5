import BeatdCore
import BeatdNacos
import Predicates

/// One connection as beatd has it: its own conversation, and what the server does behind it.
struct Peer {
    var conversation = LinkConversation()
    /// Which server of the list it goes to.
    var server: Int
    /// The server has ended it, whether or not beatd knows.
    var isClosedByServer = false
    var requests = 0
    var lastActivity: Int64 = 0
    /// What is in flight, in the order in which it left.
    var flights: [Flight] = []

    /// One request, as far as a part of it has left.
    struct Flight {
        /// The predicates' number of the write.
        var number: Int
        /// For which instance.
        var subject: Int
        /// Whether the socket took all of it.
        var isWhole = true
        /// Whether the server has begun to read it: one after the other.
        var isRead = false
        /// What the server said, or will say, to it.
        var answer: Answer?
    }

    func flight(_ number: Int) -> Flight? { flights.first { $0.number == number } }

    mutating func change(_ number: Int, _ body: (inout Flight) -> Void) {
        for index in flights.indices where flights[index].number == number { body(&flights[index]) }
    }
}
