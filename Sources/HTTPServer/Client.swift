import Linux

/// One connection of a client.
final class Client {
    let id: ConnectionID
    let socket: Int32
    let peer: Sockets.Peer?
    /// The request in work; nil while the client has nothing to ask.
    var exchange: Exchange?
    var requests = 0
    /// It was closed for another, and libmicrohttpd hasn't seen it yet.
    var isLeaving = false

    init(id: ConnectionID, socket: Int32, peer: Sockets.Peer?) {
        self.id = id
        self.socket = socket
        self.peer = peer
    }
}
