import Testing

@testable import BeatdCore

@Suite struct RegistryMachineTests {
    private let start = Instant(nanoseconds: 1_000_000_000_000)
    private let accepted = Reply.accepted(intervalMilliseconds: nil, lightBeats: nil)

    /// A machine and what it asked for.
    private struct World {
        var machine = RegistryMachine(RegistrySettings(api: .v1))
        var chance = Chance(seed: 9)
        var now = Instant(nanoseconds: 1_000_000_000_000)
        var opened: [ConnectionID] = []
        var writing: [ConnectionID] = []
        var closed: [ConnectionID] = []

        mutating func pump(work: Int = 1, beats: Int = 0, rate: Double = 0) {
            opened = []
            writing = []
            closed = []
            var effects = Effects()
            machine.pump(beats: beats, others: work, rate: rate, at: now, into: &effects)
            for effect in effects.list {
                switch effect {
                case .open(let id, _): opened.append(id)
                case .write(let id): writing.append(id)
                case .close(let id): closed.append(id)
                case .look, .watch, .unwatch, .save, .transition, .refused, .ready, .finished:
                    Issue.record("the registry's machine asked for \(effect)")
                }
            }
        }

        mutating func connect(_ id: ConnectionID) {
            _ = machine.connected(id, interval: .seconds(5), at: now, &chance)
        }

        mutating func fail(_ id: ConnectionID) {
            _ = machine.closed(id, .unreachable("connection refused"), at: now, &chance)
        }

        mutating func answer(_ id: ConnectionID, took: Duration = .milliseconds(5)) {
            let write = WriteID(number: id.number)
            machine.wrote(write, on: id, isShared: false, within: .seconds(3), at: now)
            machine.answered(
                write, on: id, took: took, reply: .accepted(intervalMilliseconds: nil, lightBeats: nil),
                wasBeat: false, at: now)
        }

        /// Lets `count` connects in a row fail, each as soon as it may be tried.
        mutating func suffer(_ count: Int) {
            for _ in 0..<count {
                now = max(now, machine.nextChance(after: now) ?? now)
                pump()
                for id in opened { fail(id) }
            }
        }
    }

    @Test(arguments: [
        (1, 0.0, 1), (2, 0.0, 2), (1000, 0.0, 2), (1000, 100.0, 2), (1000, 500.0, 6), (3, 500.0, 3), (1000, 1e6, 63),
    ])
    func `there are as many connections as work and rate ask for, from 2 to 63`(
        _ work: Int, _ rate: Double, _ count: Int
    ) {
        var world = World()
        world.pump(work: work, rate: rate)
        #expect(world.opened.count == count)
        world.pump(work: work, rate: rate)
        #expect(world.opened == [])
    }

    @Test func `nothing is opened without work`() {
        var world = World()
        world.pump(work: 0, rate: 1000)
        #expect(world.opened == [])
    }

    @Test func `an idle connection is asked before another one is opened`() {
        var world = World()
        world.pump()
        let id = world.opened[0]
        world.connect(id)
        world.pump()
        #expect(world.writing == [id])
        #expect(world.opened == [])
        #expect(world.machine.room(on: id, at: world.now) == .anything)
        world.machine.wrote(WriteID(number: 1), on: id, isShared: false, within: .seconds(3), at: world.now)
        #expect(world.machine.room(on: id, at: world.now) == .none)
        world.pump()
        #expect(world.writing == [])
        #expect(world.opened.count == 1)
    }

    @Test func `in trouble there is one connection, and none before the back-off has passed`() {
        var world = World()
        world.suffer(3)
        #expect(!world.machine.isReachable)
        #expect(world.machine.lastError == "connection refused")
        world.pump(work: 1000, rate: 1e6)
        #expect(world.opened == [])
        guard let next = world.machine.nextChance(after: world.now) else {
            Issue.record("no next chance")
            return
        }
        #expect(next > world.now && next <= world.now + .milliseconds(960))
        world.now = next
        world.pump(work: 1000, rate: 1e6)
        #expect(world.opened.count == 1)
    }

    @Test func `the first write after an outage falls somewhere in one interval`() {
        var waits: [Int64] = []
        for seed in 1...100 {
            var world = World()
            world.chance = Chance(seed: UInt64(seed))
            world.suffer(10)
            #expect(world.now - start >= Trouble.outage)
            world.now = max(world.now, world.machine.nextChance(after: world.now) ?? world.now)
            world.pump()
            let id = world.opened[0]
            world.connect(id)
            let quiet = world.machine.nextChance(after: world.now) ?? world.now
            #expect(quiet <= world.now + .seconds(5))
            #expect(world.machine.room(on: id, at: quiet - .nanoseconds(1)) == .none)
            #expect(world.machine.room(on: id, at: quiet) == .anything)
            waits.append((quiet - world.now).milliseconds)
        }
        #expect((waits.min() ?? 0) < 1000)
        #expect((waits.max() ?? 0) > 4000)
    }

    @Test func `a short break delays nothing`() {
        var world = World()
        world.suffer(2)
        world.now = max(world.now, world.machine.nextChance(after: world.now) ?? world.now)
        world.pump()
        world.connect(world.opened[0])
        #expect(world.machine.room(on: world.opened[0], at: world.now) == .anything)
    }

    @Test func `once the server closed an idle connection ours go at four fifths of its age`() {
        var world = World()
        world.pump()
        let first = world.opened[0]
        world.connect(first)
        world.answer(first)
        world.now = world.now + .seconds(10)
        #expect(world.machine.closed(first, .byPeer("closed"), at: world.now, &world.chance) == [])
        #expect(world.machine.nextChance(after: world.now) == nil)
        world.pump()
        let second = world.opened[0]
        world.connect(second)
        world.answer(second)
        world.now = world.now + .milliseconds(7999)
        world.pump()
        #expect(world.writing == [second])
        world.now = world.now + .milliseconds(1)
        world.pump()
        #expect(world.closed == [second])
        #expect(world.opened.count == 1)
        let third = world.opened[0]
        world.connect(third)
        world.now = world.now + .seconds(601)
        world.pump()
        #expect(world.writing == [third], "a restart closes connections of any age: after ten minutes it is tried anew")
    }

    @Test func `a close right after an answer teaches nothing of idleness`() {
        var world = World()
        world.pump()
        world.connect(world.opened[0])
        world.answer(world.opened[0])
        #expect(world.machine.closed(world.opened[0], .byPeer("close"), at: world.now, &world.chance) == [])
        world.pump()
        let id = world.opened[0]
        world.connect(id)
        world.answer(id)
        world.now = world.now + .seconds(600)
        world.pump()
        #expect(world.writing == [id])
    }

    @Test func `a connection that was opened and never asked may end of idleness, which is no failed connect`() {
        var world = World()
        world.pump(work: 2)
        let spare = world.opened
        for id in spare { world.connect(id) }
        world.now = world.now + .seconds(60)
        for id in spare { _ = world.machine.closed(id, .byPeer("closed"), at: world.now, &world.chance) }
        #expect(world.machine.lastError == nil)
        #expect(world.machine.nextChance(after: world.now) == nil)
    }

    @Test func `a kept connection that ends under a write is no trouble, a new one is`() {
        var world = World()
        world.pump()
        let kept = world.opened[0]
        world.connect(kept)
        world.answer(kept)
        world.machine.wrote(WriteID(number: 77), on: kept, isShared: false, within: .seconds(3), at: world.now)
        #expect(world.machine.closed(kept, .byPeer("reset"), at: world.now, &world.chance) == [WriteID(number: 77)])
        #expect(world.machine.isReachable)
        world.pump()
        let new = world.opened[0]
        world.connect(new)
        world.machine.wrote(WriteID(number: 78), on: new, isShared: false, within: .seconds(3), at: world.now)
        #expect(world.machine.closed(new, .byPeer("reset"), at: world.now, &world.chance) == [WriteID(number: 78)])
        #expect(!world.machine.isReachable)
    }

    @Test func `v3 has light beats alone, whatever v1 said, and what v1 said is kept for it`() {
        var machine = RegistryMachine(RegistrySettings(api: .v3))
        #expect(machine.lightBeats)
        var effects = Effects()
        func speak(_ api: RegistryAPI?) {
            #expect(machine.configure(RegistrySettings(api: api), into: &effects) == [])
        }
        speak(.v1)
        #expect(!machine.lightBeats)
        machine.remember(lightBeats: true)
        speak(.v3)
        speak(.v1)
        #expect(machine.lightBeats)
    }

    @Test func `another API keeps connections and server, and is not known to be spoken before an answer`() {
        var world = World()
        world.pump()
        world.connect(world.opened[0])
        world.answer(world.opened[0])
        #expect(world.machine.api == .v1)
        var effects = Effects()
        #expect(world.machine.configure(RegistrySettings(api: .v3), into: &effects) == [])
        #expect(effects.list.isEmpty)
        #expect(world.machine.api == nil)
        world.pump()
        #expect(world.opened == [])
        world.answer(world.writing[0])
        #expect(world.machine.api == .v3)
    }

    @Test func `another server gets new connections, and gives back what was in flight`() {
        var world = World()
        world.pump(work: 2)
        let ids = world.opened
        for id in ids { world.connect(id) }
        world.machine.wrote(WriteID(number: 5), on: ids[1], isShared: false, within: .seconds(3), at: world.now)
        var effects = Effects()
        let elsewhere = RegistrySettings(servers: [Server(host: "10.0.0.9")], api: .v1)
        #expect(world.machine.configure(elsewhere, into: &effects) == [WriteID(number: 5)])
        #expect(effects.list.count == 2)
        world.pump()
        #expect(world.opened.count == 1)
        #expect(!ids.contains(world.opened[0]))
        #expect(world.machine.server.host == "10.0.0.9")
    }
}
