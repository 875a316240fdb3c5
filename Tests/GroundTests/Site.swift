import HTTPServer
import Linux
import Systemd
import TestSupport
import Testing

/// A server on a free port of loopback, and what it was asked.
final class Site {
    let loop: EventLoop
    let address: SocketAddress
    var server: HTTPServer?
    var requests: [Request] = []
    var waiting: [Responder] = []

    init(limits: HTTPServer.Limits = .init(), answer: @escaping (Request, Responder, Site) -> Void) throws {
        loop = try EventLoop()
        let free = try #require(SocketAddress("127.0.0.1", port: 0))
        let listener = try Sockets.listen(on: free)
        let name = Sockets.name(of: listener)
        address = try #require(name)
        server = try HTTPServer(loop: loop, listening: listener, limits: limits) { [unowned self] request, responder in
            requests.append(request)
            answer(request, responder, self)
        }
    }

    /// Answers every request at once.
    convenience init(always response: Response, limits: HTTPServer.Limits = .init()) throws {
        try self.init(limits: limits) { _, responder, _ in responder.send(response) }
    }

    /// Keeps every request waiting.
    static func patient(_ limits: HTTPServer.Limits = .init()) throws -> Site {
        try Site(limits: limits) { _, responder, site in site.waiting.append(responder) }
    }

    func peer() throws -> ScriptedPeer { try ScriptedPeer(connectingTo: address) }

    func turn(until predicate: () throws -> Bool) throws { try TestSupport.turn(loop, until: predicate) }

    /// Says it, and gives what has come when `end` has.
    func exchange(_ peer: ScriptedPeer, _ text: String, until end: String) throws -> String {
        peer.forget()
        peer.say(text)
        try turn { peer.text.contains(end) }
        return peer.text
    }
}
