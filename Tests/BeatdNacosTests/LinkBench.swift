import BeatdCore
import BeatdNacos
import HTTPClient
import Linux
import Systemd
import TestSupport
import Testing

/// A link to a scripted peer, and a heart so small that it orders what the test tells it.
final class LinkBench {
    /// What came out of the link, in words that can be compared.
    enum Told: Equatable {
        case connected(ConnectionID)
        case replied(UInt64, Reply)
        case closed(ConnectionID, ClosedReason)
    }

    let site: RawSite
    private(set) var told: [Told] = []
    /// What `nextWrite` gives, first in, first out.
    var orders: [WriteOrder] = []
    var mayFinish = true
    /// How many orders it gives at a time.
    var depth = 1
    private var given = 0
    /// How often it was asked for orders.
    private(set) var asked = 0
    /// Whether an event came while another was being handled.
    private(set) var wasNested = false
    /// Called for each event, as the heart would perform effects.
    var react: (Told) -> Void = { _ in }
    private var isBusy = false
    private var built: RegistryLink?
    private var issued: UInt64 = 0

    init() throws {
        site = try RawSite()
        built = try RegistryLink(
            loop: site.loop, names: Names(workers: Workers(loop: site.loop)), connectTimeout: .seconds(20),
            heart: RegistryLink.Heart(
                nextWrite: { [unowned self] _ in nextWrite() },
                mayFinish: { [unowned self] _ in mayFinish }, onEvents: { [unowned self] in take($0) }))
    }

    private func nextWrite() -> WriteOrder? {
        if given == 0 { asked += 1 }
        guard given < depth, !orders.isEmpty else {
            given = 0
            return nil
        }
        given += 1
        return orders.removeFirst()
    }

    var link: RegistryLink {
        guard let built else { preconditionFailure("used before it was made") }
        return built
    }

    var server: Server { Server(host: site.address.host, port: Int(site.address.port)) }

    private func take(_ events: [Event]) {
        wasNested = wasNested || isBusy
        isBusy = true
        var words: [Told] = []
        for event in events {
            switch event {
            case .connected(let id): words.append(.connected(id))
            case .replied(let replies): words += replies.map { .replied($0.write.number, $0.reply) }
            case .closed(let id, let why): words.append(.closed(id, why))
            case .restored, .configured, .descriptors, .addresses, .saw, .exited, .woke, .stopping, .saved, .tick:
                Issue.record("a link doesn't say \(event)")
            }
        }
        told += words
        isBusy = false
        for word in words { react(word) }
    }

    /// What was told since the last time.
    func take() -> [Told] {
        defer { told = [] }
        return told
    }

    /// What comes next: so many words at least.
    func next(_ count: Int = 1) throws -> [Told] {
        try turn(site.loop) { told.count >= count }
        return take()
    }

    /// An open connection, from both ends.
    func open(_ number: UInt64 = 1) throws -> (ConnectionID, ScriptedPeer) {
        let id = ConnectionID(number: number)
        link.open(id, to: server)
        let peer = try site.accept()
        #expect(try next() == [.connected(id)])
        return (id, peer)
    }

    /// An order, numbered from 1, for the next one who asks.
    @discardableResult
    func order(_ kind: WriteOrder.Kind = .register, metadata: [String: String] = [:]) -> WriteOrder {
        issued += 1
        let order = WriteOrder(
            id: WriteID(number: issued), kind: kind, instance: Recorded.instance(metadata: metadata), server: server)
        orders.append(order)
        return order
    }

    /// Lets the connection write its next order, and the peer read it whole.
    func send(_ order: WriteOrder, on id: ConnectionID, to peer: ScriptedPeer) throws {
        peer.forget()
        link.write(on: id)
        let wanted = String(decoding: WireV1.request(order), as: UTF8.self)
        try turn(site.loop) { peer.text.utf8.count >= wanted.utf8.count }
        #expect(peer.text == wanted)
    }
}
