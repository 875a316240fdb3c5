import Testing

@testable import BeatdCore

/// Ill is not well (contract 4): when a server that answers is left for the next one, and when it is not.
@Suite struct IllServerTests {
    private static let servers = ["a", "b"].map { Server(host: $0) }

    /// Two servers, of which some answer every write with that refusal.
    private func world(_ files: [InstanceDescriptor] = [descriptor()]) -> Harness {
        var world = Harness(Settings(registry: RegistrySettings(servers: Self.servers, api: .v1)))
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: files)))
        world.run(.seconds(12))
        return world
    }

    private func answering(_ reply: Reply, at ill: Set<String>, _ world: inout Harness) {
        let usual = world.reply
        world.reply = { order, now in ill.contains(order.server.host) ? reply : usual(order, now) }
    }

    private func hosts(_ world: Harness) -> Set<String> { Set(world.orders.map(\.server.host)) }

    @Test(arguments: [
        Reply.refused(status: 500, text: "caused: disk full"), .refused(status: 502, text: "<html>"),
        .refused(status: 503, text: "starting"), .refused(status: 200, text: "<html>"), .refused(status: 302, text: ""),
        .refused(Refusal(.broken, status: 0, text: "what came is no HTTP answer", isCertain: false)),
    ])
    func `a server that answers like an ill one and nothing else is left after 3 s`(_ reply: Reply) {
        var world = world()
        answering(reply, at: ["a"], &world)
        while world.heart.report.registry.state == .ok { world.run(.milliseconds(100)) }
        let began = world.now
        world.run(.milliseconds(2500))
        #expect(hosts(world) == ["a"])
        while world.orders.last?.server.host == "a", world.now < began + .seconds(8) { world.run(.milliseconds(100)) }
        #expect(world.now - began <= .seconds(6), "an ill answer after 3 s makes it leave")
        world.run(.seconds(1))
        #expect(world.phase("billing") == .up)
        let registry = world.heart.report.registry
        #expect(registry.current.server.host == "b" && registry.state == .ok)
        #expect(registry.servers[0].state == .refusing)
        #expect(registry.servers[0].lastError?.isEmpty == false)
    }

    @Test(arguments: [400, 401, 403, 429])
    func `a server that refuses who asks, or what, or how often, is not left`(_ status: Int) {
        var world = world()
        answering(.refused(status: status, text: "no"), at: ["a"], &world)
        world.run(.seconds(60))
        #expect(hosts(world) == ["a"])
        #expect(world.heart.report.registry.state == .refusing)
    }

    @Test func `one instance that gets 500 while others are accepted rotates no server`() {
        var world = world([descriptor("a"), descriptor("b", port: 9101)])
        let usual = world.reply
        world.reply = { order, now in
            order.instance.identity.service.service == "a"
                ? .refused(status: 500, text: "caused: bad metadata") : usual(order, now)
        }
        world.run(.seconds(60))
        #expect(hosts(world) == ["a"])
        #expect(world.heart.report.registry.state == .ok)
        let status = world.heart.report.instance("a")
        #expect(status?.reason.contains("HTTP 500: caused: bad metadata") == true, "\(status?.reason ?? "-")")
        #expect(world.heart.report.instance("b")?.reason == "all probes alive")
    }

    @Test
    func `where all are ill beatd changes servers at most once in 10 s, and goes back to the one that accepted last`() {
        var world = world()
        answering(.refused(status: 503, text: "starting"), at: ["a", "b"], &world)
        var moves: [(at: Instant, to: String)] = []
        let began = world.now
        while world.now < began + .seconds(55) {
            world.run(.milliseconds(100))
            guard let host = world.orders.last?.server.host, host != moves.last?.to ?? "a" else { continue }
            moves.append((world.now, host))
        }
        #expect(moves.map(\.to) == ["b", "a"])
        #expect(moves.count == 2 && moves[1].at - moves[0].at >= .seconds(10))
    }

    @Test func `throttled, starting and not permitted never means "register again"`() {
        for status in [503, 429, 401, 403] {
            var world = world()
            world.orders = []
            world.reply = { order, _ in
                if case .beat = order.kind { return .refused(status: status, text: "not now") }
                return .accepted(intervalMilliseconds: nil, lightBeats: nil)
            }
            // An entry without an accepted beat for `delete-after`, 30 s, is registered again as always.
            world.run(.seconds(2))
            answering(.refused(status: status, text: "not now"), at: [], &world)
            world.run(.seconds(20))
            let atHome = world.orders.filter { $0.server.host == "a" }
            #expect(!atHome.contains { $0.kind == .register }, "\(status)")
            #expect(atHome.count > 3)
        }
    }

    @Test func `a server that takes connections and answers nothing is unreachable, and left after the time limit`() {
        var world = world()
        let usual = world.reply
        world.reply = { order, now in order.server.host == "a" ? nil : usual(order, now) }
        let count = world.orders.count
        while world.orders.count == count { world.run(.milliseconds(10)) }
        let began = world.now
        while world.orders.last?.server.host == "a", world.now < began + .seconds(10) { world.run(.milliseconds(10)) }
        #expect(world.now - began >= .seconds(3))
        #expect(world.now - began <= .seconds(5))
        #expect(world.heart.report.registry.servers[0].state == .unreachable)
        world.run(.seconds(1))
        #expect(world.phase("billing") == .up)
    }

    @Test func `an answer that is refused is told once in the registry's words, and taken back with the next yes`() {
        var world = world()
        answering(.refused(status: 403, text: "user not found!"), at: ["a"], &world)
        world.run(.seconds(20))
        let words = "HTTP 403: user not found!; this server wants a login, which this beatd can't do yet"
        #expect(world.refusals == ["billing: the last beat was refused: \(words)"])
        #expect(
            world.heart.report.instance("billing")?.reason == "all probes alive; the last beat was refused: \(words)")
        #expect(world.heart.report.instance("billing")?.lastBeat?.outcome == .denied)
        #expect(world.heart.report.summary.trouble?.name == "billing")
        answering(.accepted(intervalMilliseconds: 5000, lightBeats: true), at: ["a"], &world)
        world.run(.seconds(6))
        #expect(world.heart.report.instance("billing")?.reason == "all probes alive")
        #expect(world.heart.report.registry.state == .ok)
        #expect(world.heart.report.summary.trouble == nil)
    }

    @Test func `of a hundred instances one that is refused is the one that says so`() {
        let files = (0..<100).map { descriptor("s\($0)", port: 9000 + $0) }
        var world = Harness()
        world.seen = alive
        let usual = world.reply
        world.reply = { order, now in
            order.instance.identity.port == 9042
                ? .refused(status: 400, text: "Param 'weight' is illegal") : usual(order, now)
        }
        world.send(.descriptors(DescriptorSet(accepted: files)))
        world.run(.seconds(30))
        let refused = world.heart.report.instances.filter { $0.reason.contains("refused") }
        #expect(refused.map(\.name) == ["s42"])
        #expect(refused.first?.reason == "alive; the registration was refused: HTTP 400: Param 'weight' is illegal")
        #expect(refused.first?.phase == .registering)
        #expect(world.heart.report.registry.state == .ok)
        #expect(world.refusals.count == 1)
    }
}
