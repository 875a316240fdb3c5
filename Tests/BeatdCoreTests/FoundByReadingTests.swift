import Testing

@testable import BeatdCore

/// Mistakes that a reader of the heart found, each as small as it gets.
@Suite struct FoundByReadingTests {
    private let other = ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 9200)))
    private let pair = ["a", "b"].map { Server(host: $0) }

    private func up(_ file: InstanceDescriptor, _ settings: Settings = Settings(registry: RegistrySettings(api: .v1)))
        -> Harness
    {
        var world = Harness(settings)
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        world.run(.seconds(12))
        return world
    }

    @Test func `a server that is no Nacos is left again, though its answers are to questions alone`() {
        var world = up(descriptor(), Settings(registry: RegistrySettings(servers: pair)))
        let usual = world.reply
        world.reply = { order, now in
            order.server.host == "b" ? .refused(status: 502, text: "<html>") : usual(order, now)
        }
        world.breakServer("a")
        world.run(.seconds(20))
        #expect(world.heart.report.registry.current.server.host == "b")
        world.serversDown = []
        world.run(.seconds(70))
        #expect(world.heart.report.registry.current.server.host == "a")
        #expect(world.phase("billing") == .up)
    }

    @Test(arguments: [Sighting.hindered("no permission"), .tcp(.timedOut)])
    func `who dies while a new version waits is said goodbye to at once, whatever the new probes know`(
        _ unsure: Sighting
    ) {
        var world = up(descriptor())
        world.seen = { order, _ in order.target == tcp9100.target ? .tcp(.connected) : unsure }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(probes: [other])])))
        world.run(.seconds(1))
        #expect(world.phase("billing") == .up)
        world.seen = { order, _ in order.target == tcp9100.target ? .tcp(.refused) : unsure }
        world.run(.milliseconds(2100))
        #expect(world.kinds.last == "deregister")
        #expect(world.phase("billing") == .down)
        world.seen = alive
        world.run(.seconds(6))
        #expect(world.phase("billing") == .up)
    }

    @Test func `a change that is taken back while it is out is said again, since it may have been applied`() {
        let old = descriptor(metadata: ["version": "1"])
        var world = up(old)
        world.reply = { order, _ in
            order.kind == .register ? nil : .accepted(intervalMilliseconds: nil, lightBeats: true)
        }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(metadata: ["version": "2"])])))
        world.send(.descriptors(DescriptorSet(accepted: [old])))
        world.reply = { _, _ in .accepted(intervalMilliseconds: nil, lightBeats: true) }
        world.run(.seconds(10))
        let told = world.orders.filter { $0.kind == .register }.map(\.instance.metadata["version"])
        #expect(told == ["1", "2", "1", "1"], "the last one when nothing can come late any more")
    }

    @Test func `a former address that never stood is not registered any more`() {
        var file = descriptor()
        file.address = .automatic
        var world = Harness()
        world.seen = alive
        world.isServerUp = false
        world.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        world.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.7"])))
        world.isServerUp = true
        world.run(.seconds(30))
        #expect(Set(world.orders.filter { $0.kind == .register }.map(\.instance.identity.ip)) == ["10.0.0.7"])
        #expect(world.phase("billing") == .up)
    }

    @Test func `what an earlier run left beats as often as its registry was told`() {
        func file(_ port: Int) -> InstanceDescriptor {
            var file = descriptor(port: port)
            file.beat = BeatTiming(interval: .seconds(1), timeout: .seconds(3), deleteAfter: .seconds(5))
            return file
        }
        let first = up(file(9100))
        var world = Harness()
        world.now = first.now + .milliseconds(500)
        world.send(.restored(first.heart.remembered))
        world.seen = alive
        var times: [Instant] = []
        world.reply = { order, now in
            if order.kind == .register { return .refused(status: 400, text: "") }
            times.append(now)
            #expect(order.kind == .beat(light: true, period: .seconds(1)))
            return .accepted(intervalMilliseconds: nil, lightBeats: true)
        }
        world.send(.descriptors(DescriptorSet(accepted: [file(9101)])))
        world.run(.seconds(10))
        #expect(times.count >= 9)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 <= .milliseconds(1100) })
    }

    @Test func `what was told of an entry's times is read back, and what is nonsense counts as Nacos' own`() {
        let quick = BeatTiming(interval: .seconds(1), timeout: .seconds(3), deleteAfter: .seconds(5))
        #expect(BeatTiming(preservedIn: quick.preservedMetadata) == quick)
        for text in ["5s", "0", "-1", "99999999999999999999", ""] {
            #expect(BeatTiming(preservedIn: ["preserved.heart.beat.interval": text]) == BeatTiming())
        }
    }

    @Test func `another interval holds at once, also where the entry stays the same`() {
        func file(_ interval: Duration) -> InstanceDescriptor {
            var file = descriptor(metadata: ["preserved.heart.beat.interval": "5000"])
            file.beat = BeatTiming(interval: interval, timeout: .seconds(180), deleteAfter: .seconds(300))
            return file
        }
        var world = up(file(.seconds(60)))
        world.reply = { _, _ in .accepted(intervalMilliseconds: nil, lightBeats: true) }
        world.run(.seconds(61))
        let before = world.orders.count
        world.send(.descriptors(DescriptorSet(accepted: [file(.seconds(5))])))
        world.run(.seconds(6))
        #expect(world.kinds.dropFirst(before).first == "light")
    }

    @Test func `a state that could not be written is tried again by itself`() {
        var heart = BeatReactor(settings: Settings(), at: Instant(nanoseconds: 0))
        var effects = Effects()
        var now = Instant(nanoseconds: 0)
        heart.handle(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])), at: now, into: &effects)
        heart.handle(.descriptors(DescriptorSet(accepted: [descriptor()])), at: now, into: &effects)
        heart.handle(.descriptors(DescriptorSet(accepted: [])), at: now, into: &effects)
        func save() -> UInt64? {
            defer { effects.list = [] }
            for effect in effects.list { if case .save(let version, _) = effect { return version } }
            return nil
        }
        let first = save()
        #expect(first != nil)
        heart.handle(.saved(version: first ?? 0, error: "no space left"), at: now, into: &effects)
        now = now + .seconds(9)
        heart.handle(.tick, at: now, into: &effects)
        #expect(save() == nil)
        now = now + .seconds(1)
        heart.handle(.tick, at: now, into: &effects)
        #expect(save() != nil)
    }

    @Test func `the same servers told again change nothing of what is known of them`() {
        var world = up(descriptor(), Settings(registry: RegistrySettings(servers: pair, api: .v1)))
        world.breakServer("a")
        for _ in 0..<20 {
            world.send(.configured(world.heart.settings))
            world.run(.milliseconds(200))
        }
        #expect(world.heart.report.registry.current.server.host == "b", "two connects failed, reload or not")
    }

    @Test func `a warm-up that was over stays over while a file is broken, over restarts`() {
        var file = descriptor()
        file.warmUp = .seconds(60)
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        world.run(.seconds(70))
        #expect(world.phase("billing") == .up)
        let since = world.heart.remembered.aliveSince["billing"]
        var broken = Harness()
        broken.now = world.now
        broken.send(.restored(world.heart.remembered))
        broken.send(
            .descriptors(DescriptorSet(rejected: [Rejection(name: "billing", file: "billing.yaml", error: "bad")])))
        #expect(broken.heart.remembered.aliveSince["billing"] == since)
        broken.send(.descriptors(DescriptorSet(accepted: [])))
        #expect(broken.heart.remembered.aliveSince.isEmpty, "its file is gone")
    }
}
