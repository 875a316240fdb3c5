import Testing

@testable import BeatdCore

@Suite struct LookScheduleTests {
    /// A schedule, its timers, and the looks that it ordered.
    private struct World {
        var schedule: LookSchedule
        var timers = TimerWheel<Timer>(startingAt: Instant(nanoseconds: 1_000_000_000_000))
        var now = Instant(nanoseconds: 1_000_000_000_000)
        var orders: [LookOrder] = []
        var watched: [ProcessIdentity] = []

        init(maxInFlight: Int = 64) { schedule = LookSchedule(maxInFlight: maxInFlight) }

        mutating func note(_ effects: Effects) {
            var effects = effects
            effects.end()
            for effect in effects.list {
                switch effect {
                case .look(let orders): self.orders += orders
                case .watch(let process): watched.append(process)
                case .unwatch(let process): watched.removeAll { $0 == process }
                case .open, .close, .write, .save, .transition, .refused, .ready, .finished:
                    Issue.record("the looks asked for \(effect)")
                }
            }
        }

        mutating func subscribe(_ task: Int32, to target: Target) -> TargetID {
            var effects = Effects()
            let id = schedule.subscribe(TaskID(index: task), to: target)
            schedule.look(id, &timers, at: now, into: &effects)
            note(effects)
            return id
        }

        mutating func unsubscribe(_ task: Int32, from target: Target) {
            var effects = Effects()
            schedule.unsubscribe(TaskID(index: task), from: target, &timers, into: &effects)
            note(effects)
        }

        mutating func take(_ order: LookOrder, _ seen: Sighting) -> Look? {
            var effects = Effects()
            let report = SightingReport(order: order.id, began: now, ended: now, seen: seen)
            let look = schedule.take(report, callers: [], &timers, at: now, into: &effects)?.1
            schedule.fill(&timers, at: now, into: &effects)
            note(effects)
            return look
        }

        /// Lets time pass; gives the looks that were lost.
        mutating func pass(_ length: Duration) -> [Look] {
            let end = now + length
            var lost: [Look] = []
            while let next = timers.next(), next.due <= end {
                now = max(now, next.due)
                guard case .target(let id)? = timers.popDue(at: now) else { continue }
                var effects = Effects()
                if let look = schedule.due(id, &timers, at: now, into: &effects) { lost.append(look) }
                schedule.fill(&timers, at: now, into: &effects)
                note(effects)
            }
            now = end
            return lost
        }
    }

    private func tcp(_ port: Int) -> Target { Target(kind: .tcp(host: "127.0.0.1", port: port)) }
    private func pidfile(_ name: String) -> Target {
        Target(kind: .pidfile(path: "/run/\(name).pid", executable: nil))
    }
    private func process(_ pid: Int32) -> Sighting {
        let identity = ProcessIdentity(pid: pid, inode: UInt64(pid), started: Instant(nanoseconds: 0), boot: "boot")
        let stamp = FileStamp(inode: UInt64(pid), size: 5, modified: 10, changed: 10)
        let seen = ProcessSighting(identity: identity, startedAt: 5, executable: nil, arguments0: nil, comm: "x")
        return .pidfile(.process(stamp, seen))
    }

    @Test func `no more looks that ask are out than allowed, and the rest follows in order`() {
        var world = World(maxInFlight: 4)
        for port in 1...10 { _ = world.subscribe(Int32(port), to: tcp(port)) }
        #expect(world.orders.map(\.target) == (1...4).map(tcp))
        for position in 0..<10 {
            #expect(world.take(world.orders[position], .tcp(.connected))?.outcome == .alive)
            #expect(world.orders.count == min(5 + position, 10))
        }
        #expect(world.orders.map(\.target) == (1...10).map(tcp))
    }

    @Test func `a look at a file needs no slot`() {
        var world = World(maxInFlight: 1)
        _ = world.subscribe(1, to: tcp(1))
        for number in 2...20 { _ = world.subscribe(Int32(number), to: pidfile("p\(number)")) }
        #expect(world.orders.count == 20)
    }

    @Test func `targets that hang share a quarter of the slots`() {
        var world = World(maxInFlight: 8)
        for port in 1...8 { _ = world.subscribe(Int32(port), to: tcp(port)) }
        for order in world.orders { #expect(world.take(order, .tcp(.timedOut))?.outcome == .failing) }
        world.orders = []
        #expect(world.pass(.seconds(2)) == [])
        #expect(world.orders.count == 2)
        for port in 11...15 { _ = world.subscribe(Int32(port), to: tcp(port)) }
        #expect(world.orders.count == 7, "those that never hung have the other slots")
        let hung = world.orders[0]
        _ = world.take(hung, .tcp(.timedOut))
        #expect(world.orders.count == 8)
        #expect(world.orders[7].target != hung.target)
    }

    @Test func `a look that never ends counts as lost 2 s after its time-out, and is ordered anew`() {
        var world = World()
        _ = world.subscribe(1, to: tcp(1))
        #expect(world.pass(.milliseconds(2999)) == [])
        let lost = world.pass(.milliseconds(1))
        #expect(lost.map(\.outcome) == [.unknown])
        #expect(world.orders.count == 2)
        #expect(world.take(world.orders[0], .tcp(.connected)) == nil, "it comes too late")
        #expect(world.take(world.orders[1], .tcp(.connected))?.outcome == .alive)
    }

    @Test func `a look that could not be made is not made again at once, however urgent`() {
        var world = World()
        let id = world.subscribe(1, to: tcp(1))
        #expect(world.take(world.orders[0], .hindered("out of descriptors"))?.outcome == .unknown)
        var effects = Effects()
        for _ in 0..<5 { world.schedule.look(id, &world.timers, at: world.now, into: &effects) }
        effects.end()
        #expect(effects.list.isEmpty)
        _ = world.pass(.milliseconds(99))
        #expect(world.orders.count == 1)
        _ = world.pass(.milliseconds(1))
        #expect(world.orders.count == 2)
    }

    @Test func `looks begin an interval apart`() {
        var world = World()
        _ = world.subscribe(1, to: tcp(1))
        _ = world.pass(.milliseconds(300))
        _ = world.take(world.orders[0], .tcp(.connected))
        #expect(world.pass(.milliseconds(1699)) == [])
        #expect(world.orders.count == 1)
        _ = world.pass(.milliseconds(1))
        #expect(world.orders.count == 2)
    }

    @Test func `tasks with the same target share its looks until the last one leaves`() {
        var world = World()
        let id = world.subscribe(1, to: tcp(1))
        #expect(world.subscribe(2, to: tcp(1)) == id)
        #expect(world.orders.count == 1)
        #expect(world.schedule[id]?.subscribers.elementsEqual([TaskID(index: 1), TaskID(index: 2)]) == true)
        world.unsubscribe(1, from: tcp(1))
        #expect(world.schedule[id]?.subscribers.elementsEqual([TaskID(index: 2)]) == true)
        world.unsubscribe(2, from: tcp(1))
        #expect(world.schedule.id(of: tcp(1)) == nil)
        #expect(world.timers.count == 0)
        #expect(world.take(world.orders[0], .tcp(.connected)) == nil)
    }

    @Test func `a slot that a target leaves behind is free again`() {
        var world = World(maxInFlight: 1)
        for number: Int32 in 1...20 {
            _ = world.subscribe(number, to: tcp(Int(number)))
            #expect(world.orders.count == Int(number))
            world.unsubscribe(number, from: tcp(Int(number)))
        }
    }

    @Test func `a wake while a look is out brings one more as soon as that is back`() {
        var world = World()
        let id = world.subscribe(1, to: tcp(1))
        var effects = Effects()
        for _ in 0..<5 { world.schedule.look(id, &world.timers, at: world.now, into: &effects) }
        effects.end()
        #expect(effects.list.isEmpty)
        _ = world.take(world.orders[0], .tcp(.connected))
        #expect(world.orders.count == 2)
        _ = world.take(world.orders[1], .tcp(.connected))
        #expect(world.orders.count == 2)
    }

    @Test func `a process is watched while a target saw it last`() {
        var world = World()
        _ = world.subscribe(1, to: pidfile("a"))
        _ = world.subscribe(1, to: pidfile("b"))
        _ = world.take(world.orders[0], process(10))
        _ = world.take(world.orders[1], process(10))
        #expect(world.watched.map(\.pid) == [10])
        #expect(world.schedule.exited(world.watched[0]).count == 2)
        _ = world.pass(.seconds(2))
        for order in world.orders.suffix(2) {
            let isFirst = order.target == pidfile("a")
            #expect(world.take(order, process(isFirst ? 10 : 11))?.outcome == (isFirst ? .gone : .alive))
        }
        #expect(world.watched.map(\.pid) == [10, 11])
        world.unsubscribe(1, from: pidfile("a"))
        #expect(world.watched.map(\.pid) == [11])
    }
}
