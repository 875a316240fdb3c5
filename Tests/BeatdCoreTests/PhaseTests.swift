import Testing

@testable import BeatdCore

/// What `waiting` and `down` say (contract 6), and how long beatd remembers that a NAME was alive.
@Suite struct PhaseTests {
    private func running(_ seen: @escaping (LookOrder, Instant) -> Sighting?) -> Harness {
        var world = Harness()
        world.seen = seen
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(10))
        return world
    }

    /// The next run of beatd on what the last one left, through the file's own encoding.
    private func restarted(_ former: Harness, _ seen: @escaping (LookOrder, Instant) -> Sighting?) -> Harness {
        var world = Harness()
        world.now = former.now + .seconds(1)
        world.seen = seen
        world.send(.restored(RememberedState(encoded: former.heart.remembered.encoded()) ?? RememberedState()))
        return world
    }

    private func reason(_ world: Harness) -> String? { world.heart.report.instance("billing")?.reason }

    @Test func `what was never alive is waited for, whatever its looks say, and the reason says it`() {
        let gone = running(refused)
        #expect(gone.phase("billing") == .waiting)
        #expect(reason(gone)?.contains("refused") == true)
        let failing = running { _, _ in .tcp(.timedOut) }
        #expect(failing.phase("billing") == .waiting, "fall was reached three times over")
        #expect(reason(failing)?.isEmpty == false)
        #expect(gone.orders.isEmpty && failing.orders.isEmpty)
        #expect(gone.transitions.map(\.phase) == [.waiting])
    }

    @Test func `what was alive once is down when it is gone, and is not waited for again`() {
        var world = running(alive)
        world.seen = refused
        world.run(.seconds(10))
        #expect(world.phase("billing") == .down)
        #expect(world.transitions.map(\.phase) == [.waiting, .registering, .up, .down])
    }

    @Test func `that it was alive outlives a restart of beatd, and a reboot of the host`() {
        var first = running(alive)
        first.seen = refused
        first.run(.seconds(10))
        var second = restarted(first, refused)
        second.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        #expect(second.phase("billing") == .down)
        var state = second.heart.remembered
        // As the daemon does where the boot is another one.
        state.aliveSince = [:]
        var third = Harness()
        third.send(.restored(state))
        third.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        #expect(third.phase("billing") == .down, "no look came yet, and it was down before")
    }

    @Test func `a restart finds what it left registered suspect until the first look, not waiting`() {
        let first = running(alive)
        var second = restarted(first) { _, _ in nil }
        second.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        #expect(second.phase("billing") == .suspect)
        #expect(second.orders.isEmpty)
        second = restarted(first, alive)
        second.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        second.run(.seconds(6))
        #expect(second.phase("billing") == .up)
        #expect(second.kinds.first == "light")
    }

    @Test func `a NAME is remembered until its file goes: a new one under it is waited for`() {
        var world = running(alive)
        world.seen = refused
        world.send(.descriptors(DescriptorSet(complete: false)))
        world.run(.seconds(10))
        #expect(world.phase("billing") == .down, "an unreadable folder is no removed file")
        world.send(.descriptors(DescriptorSet()))
        world.run(.seconds(5))
        #expect(world.heart.remembered.wereAlive == [])
        #expect(world.saves.last?.wereAlive == [], "and that is on disk")
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(5))
        #expect(world.phase("billing") == .waiting)
    }

    @Test func `a file that went while beatd was down is forgotten at the first whole reading, not before`() {
        var first = running(alive)
        first.seen = refused
        first.run(.seconds(10))
        var second = restarted(first, refused)
        second.send(.descriptors(DescriptorSet(complete: false)))
        #expect(second.heart.remembered.wereAlive == ["billing"])
        second.send(.descriptors(DescriptorSet()))
        second.run(.seconds(5))
        #expect(second.saves.last?.wereAlive == [])
        second.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        #expect(second.phase("billing") == .waiting)
    }

    @Test func `a file that is only broken keeps what is remembered of its NAME`() {
        var first = running(alive)
        first.seen = refused
        first.run(.seconds(10))
        let broken = Rejection(name: "billing", file: "billing.yaml", error: "unknown key 'prot'")
        var second = restarted(first, refused)
        second.send(.descriptors(DescriptorSet(rejected: [broken])))
        #expect(second.phase("billing") == .rejected)
        var third = restarted(second, refused)
        third.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        #expect(third.phase("billing") == .down)
    }

    @Test func `that it was alive follows a rename, while beatd runs and while it is down`() {
        var renamed = descriptor()
        renamed.name = "invoices"
        renamed.file = "invoices.yaml"
        var world = running(alive)
        var second = restarted(world, refused)
        second.send(.descriptors(DescriptorSet(accepted: [renamed])))
        second.run(.seconds(5))
        #expect(second.phase("invoices") == .down, "known by its entry")
        world.seen = refused
        world.run(.seconds(10))
        world.send(.descriptors(DescriptorSet(accepted: [renamed])))
        world.run(.seconds(5))
        #expect(world.phase("invoices") == .down)
        #expect(world.heart.remembered.wereAlive == ["invoices"])
    }

    @Test func `that a file is known by its entry is saved at once, for the next restart`() {
        var twin = descriptor()
        twin.name = "a"
        twin.file = "a.yaml"
        var world = restarted(running(alive), alive)
        world.isServerUp = false
        world.send(.descriptors(DescriptorSet(accepted: [twin, descriptor()])))
        #expect(world.phase("billing") == .rejected)
        #expect(world.saves.last?.wereAlive == ["a", "billing"])
    }

    @Test func `what never came up does not flap, however often its looks change between gone and failing`() {
        var world = running(refused)
        for _ in 0..<6 {
            world.seen = { _, _ in .tcp(.timedOut) }
            world.run(.seconds(2))
            world.seen = refused
            world.run(.seconds(2))
        }
        world.seen = alive
        world.run(.seconds(3))
        #expect(world.phase("billing") == .up)
    }

    @Test func `a restart of beatd while it is down is not one more time down`() {
        var world = running(alive)
        for _ in 0..<2 {
            world.seen = refused
            world.run(.seconds(3))
            var next = restarted(world, refused)
            next.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
            next.run(.seconds(3))
            next.seen = alive
            next.run(.seconds(3))
            #expect(next.phase("billing") == .up)
            world = next
        }
    }

    @Test func `STATUS= names the first that is in trouble, else the first that is waited for`() {
        var world = running { order, _ in order.target == tcp9100.target ? .tcp(.refused) : .tcp(.connected) }
        #expect(world.heart.report.summary.trouble?.name == "billing")
        #expect(world.heart.report.summary.trouble?.phase == .waiting)
        let other = ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 1)))
        world.send(
            .descriptors(DescriptorSet(accepted: [descriptor(), descriptor("z", port: 1, probes: [other])])))
        world.run(.seconds(6))
        world.seen = refused
        world.run(.seconds(6))
        #expect(world.heart.report.summary.trouble?.name == "z")
        #expect(world.heart.report.summary.trouble?.phase == .down)
    }
}
