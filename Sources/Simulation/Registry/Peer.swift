import BeatdCore
import BeatdNacos
import Predicates

/// One connection as beatd has it: its own conversation, and what the server does behind it.
struct Peer {
    var conversation = LinkConversation()
    /// The server has ended it, whether or not beatd knows.
    var isClosedByServer = false
    var requests = 0
    var lastActivity: Int64 = 0
    /// The write in flight, by the predicates' number, and for which instance.
    var write: (number: Int, subject: Int)?
    /// What the server said, or will say, to it.
    var answer = Answer.odd(status: 0)
}
