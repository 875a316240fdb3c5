import Testing

@testable import BeatdCore

/// Slow is not away (contract 4): how long an answer is waited for, and what being late costs.
@Suite struct SlownessTests {
    private static func file(_ name: String = "billing", interval: Duration = .seconds(1)) -> InstanceDescriptor {
        var file = descriptor(name)
        file.beat = BeatTiming(interval: interval, timeout: .seconds(15), deleteAfter: .seconds(30))
        return file
    }

    /// Answers every write rightly, each after that long; a write leaves only where nothing else of it is in flight.
    private struct SlowWorld {
        var world: Harness
        var answerAfter: Duration
        private var waiting: [(at: Instant, write: WriteReply)] = []
        private var seen = 0

        init(_ settings: Settings, answerAfter: Duration, _ files: [InstanceDescriptor]) {
            world = Harness(settings)
            self.answerAfter = answerAfter
            world.seen = alive
            world.reply = { _, _ in nil }
            world.send(.descriptors(DescriptorSet(accepted: files)))
        }

        /// Steps of 10 ms.
        mutating func run(_ length: Duration) {
            let end = world.now + length
            while world.now < end {
                for order in world.orders[seen...] {
                    let reply: Reply =
                        if case .beat = order.kind {
                            .accepted(intervalMilliseconds: 1000, lightBeats: true)
                        } else {
                            .accepted(intervalMilliseconds: nil, lightBeats: nil)
                        }
                    waiting.append((world.now + answerAfter, WriteReply(order.id, reply)))
                }
                seen = world.orders.count
                world.run(.milliseconds(10))
                let due = waiting.filter { $0.at <= world.now }
                waiting.removeAll { $0.at <= world.now }
                if !due.isEmpty { world.send(.replied(due.map(\.write))) }
            }
        }
    }

    @Test
    func `a registry that takes nine tenths of the time limit keeps everything up, without a second registration`() {
        let files = (0..<20).map { Self.file("s\($0)") }
        var slow = SlowWorld(
            Settings(registry: RegistrySettings(api: .v1)), answerAfter: .milliseconds(2700), files)
        slow.run(.seconds(60))
        #expect(slow.world.kinds.count { $0 == "register" } == 20)
        #expect(files.allSatisfy { slow.world.phase($0.name) == .up })
        #expect(slow.world.closed.isEmpty, "nothing was given up")
        // The answer comes after 2.7 s, so each third second has a beat: none piles up, and none is left out.
        let beats = slow.world.kinds.count - 20
        #expect((20 * 16...20 * 20).contains(beats), "\(beats)")
    }

    @Test func `a goodbye to a registry that is slow is said once`() {
        var slow = SlowWorld(
            Settings(registry: RegistrySettings(api: .v1)), answerAfter: .milliseconds(400), [Self.file()])
        slow.run(.seconds(10))
        slow.world.send(.descriptors(DescriptorSet(accepted: [])))
        slow.run(.seconds(20))
        #expect(slow.world.kinds.count { $0 == "deregister" } == 1)
    }

    @Test func `a cluster changes at a registry that is slow`() {
        var slow = SlowWorld(
            Settings(registry: RegistrySettings(api: .v1)), answerAfter: .milliseconds(900), [Self.file()])
        slow.run(.seconds(10))
        var moved = Self.file()
        moved.cluster = "blue"
        slow.world.send(.descriptors(DescriptorSet(accepted: [moved])))
        slow.run(.seconds(5))
        #expect(slow.world.phase("billing") == .up)
    }

    @Test(arguments: [
        // timeout of the registry, interval and timeout of the beat, how long it is waited for
        (3.0, 1.0, 15.0, 3.0), (3.0, 1.0, 3.0, 1.0), (3.0, 5.0, 15.0, 3.0), (10.0, 5.0, 15.0, 5.0),
        (1.0, 5.0, 15.0, 1.0),
    ])
    func `a beat is waited for as long as the time limit and half of its lease allow`(
        _ timeout: Double, _ interval: Double, _ lease: Double, _ limit: Double
    ) {
        let timing = BeatTiming(interval: .seconds(interval), timeout: .seconds(lease), deleteAfter: .seconds(60))
        let machine = RegistryMachine(RegistrySettings(api: .v1, timeout: .seconds(timeout)))
        let pace = Pace(timing, timeout: .seconds(timeout))
        #expect(machine.patience(for: pace, at: Instant(nanoseconds: 0)) == .seconds(limit))
    }

    @Test func `where another server stands ready a beat is waited for a third of its interval, or four usual times`() {
        let servers = [Server(host: "a"), Server(host: "b")]
        var machine = RegistryMachine(RegistrySettings(servers: servers, api: .v1))
        let pace = Pace(BeatTiming(), timeout: .seconds(3))
        let now = Instant(nanoseconds: 1_000_000_000_000)
        #expect(machine.patience(for: pace, at: now) == .nanoseconds(5_000_000_000 / 3))
        var effects = Effects()
        var chance = Chance(seed: 1)
        machine.pump(beats: 1, others: 0, rate: 1, at: now, into: &effects)
        guard case .open(let id, _) = effects.list.first else {
            Issue.record("nothing was opened")
            return
        }
        _ = machine.connected(id, interval: .seconds(5), at: now, &chance)
        for number in 0..<40 {
            let write = WriteID(number: UInt64(number))
            machine.wrote(write, on: id, isShared: false, within: .seconds(3), at: now)
            machine.answered(
                write, on: id, took: .milliseconds(600), reply: .accepted(intervalMilliseconds: nil, lightBeats: nil),
                wasBeat: false, at: now)
        }
        #expect(machine.patience(for: pace, at: now) == .milliseconds(2400))
    }

    @Test func `once its process is gone a beat in flight is waited for one second before the goodbye`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        // From here on nothing is answered.
        world.reply = { _, _ in nil }
        let count = world.orders.count
        while world.orders.count == count { world.run(.milliseconds(10)) }
        world.seen = refused
        world.send(.woke(tcp9100.target))
        let died = world.now
        while world.kinds.last != "deregister", world.now < died + .seconds(5) { world.run(.milliseconds(10)) }
        #expect(world.kinds.last == "deregister")
        #expect(world.now - died >= .seconds(1))
        #expect(world.now - died <= .milliseconds(1050))
    }

    @Test func `an answer that is late makes room for another connection, and a goodbye has one of its own`() {
        var machine = RegistryMachine(RegistrySettings(api: .v1))
        var chance = Chance(seed: 1)
        var now = Instant(nanoseconds: 1_000_000_000_000)
        var number: UInt64 = 0
        func pump(_ others: Int, hasGoodbyes: Bool = false) -> Int {
            var effects = Effects()
            machine.pump(beats: 0, others: others, hasGoodbyes: hasGoodbyes, rate: 0, at: now, into: &effects)
            var opened = 0
            for case .open(let id, _) in effects.list {
                opened += 1
                _ = machine.connected(id, interval: .seconds(5), at: now, &chance)
                number += 1
                machine.wrote(WriteID(number: number), on: id, isShared: false, within: .seconds(3), at: now)
            }
            return opened
        }
        #expect(pump(100) == 2)
        #expect(pump(100) == 0)
        #expect(machine.nextChance(after: now) == now + RegistryMachine.neverLate)
        now = now + RegistryMachine.neverLate
        #expect(pump(100) == 2)
        for _ in 0..<40 {
            now = now + .seconds(1)
            _ = pump(100)
        }
        #expect(pump(100) == 0)
        #expect(pump(1, hasGoodbyes: true) == 1)
        #expect(pump(1, hasGoodbyes: true) == 0)
    }

    @Test func `one beat that is given up while others are answered changes nothing for them`() {
        var world = Harness()
        world.seen = alive
        let files = [descriptor("a"), descriptor("b"), descriptor("c")]
        world.send(.descriptors(DescriptorSet(accepted: files)))
        world.run(.seconds(12))
        let usual = world.reply
        world.reply = { order, now in
            order.instance.identity.service.service == "a" ? nil : usual(order, now)
        }
        world.run(.seconds(20))
        #expect(world.closed.count > 1)
        #expect(world.heart.report.registry.state == .ok)
        #expect(world.phase("b") == .up && world.phase("c") == .up)
        #expect(world.kinds.count { $0 == "register" } == 3)
    }

    @Test func `a registry that stops answering is no longer ok as soon as nothing it was sent had an answer`() {
        var world = Harness()
        world.seen = alive
        var file = descriptor()
        file.beat = BeatTiming(interval: .milliseconds(500), timeout: .seconds(1), deleteAfter: .seconds(2))
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        world.run(.seconds(6))
        #expect(world.heart.report.registry.state == .ok)
        world.reply = { _, _ in nil }
        // The beat leaves within its interval, and is waited for half of what its lease leaves: 250 ms.
        world.run(.milliseconds(1000))
        #expect(world.heart.report.registry.state == .unreachable)
        #expect(world.heart.report.registry.lastError == "no answer in time")
    }
}
