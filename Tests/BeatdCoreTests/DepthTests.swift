import Testing

@testable import BeatdCore

/// How many light beats share a connection.
@Suite struct DepthTests {
    private static let id = ConnectionID(number: 1)

    /// A machine that takes light beats, with one open connection.
    private struct World {
        var machine = RegistryMachine(RegistrySettings(api: .v1))
        var chance = Chance(seed: 3)
        var now = Instant(nanoseconds: 1_000_000_000_000)
        var issued: UInt64 = 100
        var id = DepthTests.id

        init() {
            machine.remember(lightBeats: true)
            open()
        }

        mutating func open() {
            var effects = Effects()
            machine.pump(beats: 1, others: 0, rate: 0, at: now, into: &effects)
            for case .open(let id, _) in effects.list { self.id = id }
            _ = machine.connected(id, interval: .seconds(5), at: now, &chance)
        }

        /// Writes light beats until there is no room for another one.
        mutating func fill(_ most: Int = 1000) -> [WriteID] {
            var writes: [WriteID] = []
            while writes.count < most, machine.room(on: id, at: now) != .none {
                issued += 1
                writes.append(WriteID(number: issued))
                machine.wrote(writes[writes.count - 1], on: id, isShared: true, within: .seconds(3), at: now)
            }
            machine.filled(id)
            return writes
        }

        mutating func answer(_ writes: [WriteID], _ reply: Reply? = nil) {
            for write in writes {
                machine.answered(
                    write, on: id, took: .milliseconds(1),
                    reply: reply ?? .accepted(intervalMilliseconds: nil, lightBeats: true), wasBeat: true, at: now)
            }
        }

        mutating func close(_ why: ClosedReason) -> [WriteID] {
            defer { open() }
            return machine.closed(id, why, at: now, &chance)
        }

        /// Whole batches until the depth is `most`, or so many.
        mutating func deepen(_ rounds: Int) { for _ in 0..<rounds { answer(fill()) } }
    }

    @Test func `a server that answers whole batches gets twice as many in the next, up to 50`() {
        var world = World()
        var batches: [Int] = []
        for _ in 1...6 {
            let writes = world.fill()
            batches.append(writes.count)
            world.answer(writes)
        }
        // 63 answers came; the server may give 100 on one connection.
        #expect(batches == [1, 2, 4, 8, 16, 32])
        #expect(world.fill().count == 37)
        #expect(world.machine.depth.current == 50)
    }

    @Test func `a connection that is not full gets no more until all of it is answered`() {
        var world = World()
        world.deepen(3)
        let writes = world.fill(3)
        #expect(world.machine.room(on: world.id, at: world.now) == .none)
        world.answer(Array(writes.prefix(2)))
        #expect(world.machine.room(on: world.id, at: world.now) == .none)
        world.answer(Array(writes.suffix(1)))
        #expect(world.machine.room(on: world.id, at: world.now) == .anything)
        // A batch that was not full proves nothing.
        #expect(world.machine.depth.current == 8)
    }

    @Test func `beside light beats there is room for light beats alone, beside anything else for nothing`() {
        var world = World()
        world.deepen(2)
        world.machine.wrote(WriteID(number: 1), on: world.id, isShared: true, within: .seconds(3), at: world.now)
        #expect(world.machine.room(on: world.id, at: world.now) == .lightBeats)
        world.machine.filled(world.id)
        world.answer([WriteID(number: 1)])
        world.machine.wrote(WriteID(number: 2), on: world.id, isShared: false, within: .seconds(3), at: world.now)
        #expect(world.machine.room(on: world.id, at: world.now) == .none)
    }

    @Test(arguments: [ClosedReason.announced, .byPeer("reset"), .byUs("garbage")])
    func `a batch that is cut short makes it one for a while`(_ why: ClosedReason) {
        var world = World()
        world.deepen(3)
        let writes = world.fill()
        #expect(writes.count == 8)
        world.answer(Array(writes.prefix(1)), .refused(status: 400, text: "no"))
        #expect(world.close(why) == Array(writes.dropFirst()))
        for _ in 0..<5 {
            world.now = world.now + .seconds(11)
            let writes = world.fill()
            #expect(writes.count == 1)
            world.answer(writes)
        }
        world.now = world.now + .seconds(6)
        world.deepen(1)
        #expect(world.fill().count == 2)
    }

    @Test func `a request without an answer takes its batch with it`() {
        var world = World()
        world.deepen(3)
        let writes = world.fill()
        #expect(world.machine.gaveUp(on: world.id, at: world.now, &world.chance) == writes)
        #expect(world.machine.depth.current == 1)
    }

    @Test func `no more are sent than the server still answers on that connection`() {
        var world = World()
        world.deepen(4)
        // 15 answers, and the server says that it closes.
        #expect(world.close(.announced) == [])
        var counts: [Int] = []
        for _ in 1...4 {
            let writes = world.fill()
            counts.append(writes.count)
            world.answer(writes)
        }
        // The sixteenth answer shows that it goes on, and teaches that there is no such end.
        #expect(counts == [15, 1, 16, 32])
    }

    @Test func `a server that closes after each answer gets one at a time`() {
        var world = World()
        world.deepen(1)
        for _ in 0..<3 {
            let writes = world.fill()
            #expect(writes.count <= 2)
            world.answer(Array(writes.prefix(1)))
            _ = world.close(.announced)
        }
        #expect(world.fill().count == 1)
    }

    @Test func `requests that did not leave leave the others in flight`() {
        var world = World()
        world.deepen(2)
        let writes = world.fill()
        world.machine.didNotWrite(writes[3], on: world.id)
        #expect(world.machine.room(on: world.id, at: world.now) == .none)
        world.answer(Array(writes.prefix(3)))
        #expect(world.machine.room(on: world.id, at: world.now) == .anything)
        let last = world.fill(1)
        world.machine.didNotWrite(last[0], on: world.id)
        #expect(world.machine.room(on: world.id, at: world.now) == .none)
    }
}
