import BeatdCore
import Predicates

/// A request on its way through network and registry.
struct Errand {
    var connection: ConnectionID
    /// Which one of the list.
    var server: Int
    var request: WireRequest
    var sentAt: Int64
    var subject: Int
    /// What goes wrong with it.
    var fault: Fault?
}
