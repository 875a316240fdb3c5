/// One connection of a client.
final class Client {
    let id: ConnectionID
    let socket: Int32
    let peer: PeerCredentials?
    /// The request in work; nil while the client has nothing to ask.
    var exchange: Exchange?
    var requests = 0

    init(id: ConnectionID, socket: Int32, peer: PeerCredentials?) {
        self.id = id
        self.socket = socket
        self.peer = peer
    }
}
