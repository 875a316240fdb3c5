import Testing

@testable import BeatdCore

@Suite struct ReactorTests {
    private func running(_ descriptors: [InstanceDescriptor] = [descriptor()]) -> Harness {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: descriptors)))
        return world
    }

    @Test func `a dropped file is registered and beats every five seconds`() {
        var world = running()
        #expect(world.phase("billing") == .up)
        #expect(world.kinds == ["register"])
        world.run(.seconds(51))
        #expect(world.kinds.dropFirst().count == 10)
        #expect(world.kinds[1] == "full")
        #expect(world.kinds.dropFirst(2).allSatisfy { $0 == "light" })
        #expect(world.isReady)
    }

    @Test func `nothing is registered before a look was alive`() {
        var world = Harness()
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(20))
        #expect(world.orders.isEmpty)
        #expect(world.phase("billing") == .waiting)
    }

    @Test func `a refused connection deregisters at once and falls silent`() {
        var world = running()
        world.seen = refused
        world.run(.seconds(2))
        #expect(world.kinds.last == "deregister")
        #expect(world.phase("billing") == .down)
        let count = world.orders.count
        world.run(.seconds(60))
        #expect(world.orders.count == count)
    }

    @Test func `failing looks withhold beats and only fall of them deregister`() {
        var world = running()
        world.seen = { _, _ in .tcp(.timedOut) }
        world.run(.seconds(2))
        #expect(world.phase("billing") == .suspect)
        #expect(world.kinds == ["register"])
        world.run(.seconds(4))
        #expect(world.phase("billing") == .down)
        #expect(world.kinds == ["register", "deregister"])
    }

    @Test func `a service that comes back is registered again`() {
        var world = running()
        world.seen = refused
        world.run(.seconds(3))
        world.seen = alive
        world.run(.seconds(3))
        #expect(world.phase("billing") == .up)
        #expect(world.kinds == ["register", "deregister", "register"])
    }

    @Test func `the exit of a watched process deregisters without waiting for a look`() {
        var world = Harness()
        let process = ProcessIdentity(pid: 812, inode: 99, started: Instant(nanoseconds: 5), boot: "b")
        let stamp = FileStamp(inode: 1, size: 4, modified: 1_000_000_000, changed: 1_000_000_000)
        world.seen = { _, _ in
            .pidfile(
                .process(
                    stamp,
                    ProcessSighting(identity: process, startedAt: 0, executable: "/bin/x", arguments0: "x", comm: "x")))
        }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(probes: [billingPidfile])])))
        #expect(world.watched == [process])
        #expect(world.phase("billing") == .up)
        world.send(.exited(process))
        #expect(world.kinds == ["register", "deregister"])
        #expect(world.phase("billing") == .down)
        world.run(.seconds(30))
        #expect(world.kinds == ["register", "deregister"], "a dead identity never lives again")
    }

    @Test func `the rest of a half-sent write leaves only while its subject lives, a goodbye's always`() {
        var world = Harness()
        world.seen = alive
        world.reply = { _, _ in nil }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        let hello = world.orders[0].id
        #expect(world.heart.mayFinish(hello, at: world.now))
        #expect(!world.heart.mayFinish(hello, at: world.now + .seconds(60)), "the look is too old by then")
        #expect(!world.heart.mayFinish(WriteID(number: 99), at: world.now))
        world.seen = refused
        for _ in 0..<100 where world.kinds.last != "deregister" { world.run(.milliseconds(100)) }
        #expect(!world.heart.mayFinish(hello, at: world.now), "it was given up")
        #expect(world.kinds.last == "deregister")
        let goodbye = world.orders[world.orders.count - 1].id
        #expect(world.heart.mayFinish(goodbye, at: world.now + .seconds(60)))
    }

    @Test func `light beats of one tick leave together, what is refused and what is no light beat leaves alone`() {
        var world = Harness()
        world.seen = alive
        world.reply = { order, _ in
            guard case .beat(let isLight, _) = order.kind else {
                return .accepted(intervalMilliseconds: nil, lightBeats: nil)
            }
            if order.instance.identity.service.service == "s7", isLight { return .refused(status: 400, text: "no") }
            return .accepted(intervalMilliseconds: 5000, lightBeats: true)
        }
        world.send(.descriptors(DescriptorSet(accepted: (0..<400).map { descriptor("s\($0)", port: 9100) })))
        world.run(.seconds(20))
        world.batches = []
        world.run(.seconds(20))
        let sizes = world.batches.map(\.count)
        #expect((sizes.max() ?? 0) > 5 && (sizes.max() ?? 0) <= Depth.most)
        for batch in world.batches where batch.count > 1 {
            for order in batch {
                guard case .beat(light: true, _) = order.kind else {
                    Issue.record("\(order.kind) shares a write")
                    continue
                }
                #expect(order.instance.identity.service.service != "s7")
            }
        }
        #expect(world.batches.contains { $0.first?.instance.identity.service.service == "s7" })
    }

    @Test func `20404 registers again before the next beat`() {
        var world = running()
        world.run(.seconds(6))
        world.reply = { order, _ in
            if case .beat = order.kind { .notFound } else { .accepted(intervalMilliseconds: nil, lightBeats: nil) }
        }
        let before = world.orders.count
        world.run(.seconds(5))
        #expect(world.kinds.dropFirst(before) == ["light", "register"])
    }

    @Test func `three odd answers to beats register again`() {
        var world = running()
        world.run(.seconds(6))
        world.reply = { order, _ in
            if case .beat = order.kind {
                .refused(status: 500, text: "")
            } else {
                .accepted(intervalMilliseconds: nil, lightBeats: nil)
            }
        }
        let before = world.orders.count
        world.run(.seconds(8))
        #expect(world.kinds.dropFirst(before).prefix(4) == ["light", "light", "light", "register"])
    }

    @Test func `a goodbye is retried until it is answered`() {
        var world = running()
        world.seen = refused
        world.reply = { order, _ in order.kind == .deregister ? .refused(status: 500, text: "") : nil }
        world.run(.seconds(20))
        #expect(world.kinds.count(where: { $0 == "deregister" }) > 5)
        world.reply = { _, _ in .accepted(intervalMilliseconds: nil, lightBeats: nil) }
        world.run(.seconds(3))
        let count = world.orders.count
        world.run(.seconds(60))
        #expect(world.orders.count == count)
    }

    @Test func `an unanswered beat makes the goodbye be said again after twice the time limit`() {
        var world = running()
        world.run(.seconds(6))
        world.reply = { _, _ in nil }
        while world.kinds.last != "light" { world.run(.milliseconds(100)) }
        world.seen = refused
        world.run(.seconds(2))
        world.reply = { _, _ in .accepted(intervalMilliseconds: nil, lightBeats: nil) }
        world.run(.seconds(10))
        #expect(world.kinds.suffix(2) == ["deregister", "deregister"])
        let count = world.orders.count
        world.run(.seconds(60))
        #expect(world.orders.count == count)
    }

    @Test func `while a write is in flight nothing else is written for that instance`() {
        var world = running()
        world.reply = { _, _ in nil }
        world.run(.seconds(5))
        let count = world.orders.count
        world.seen = refused
        world.send(.woke(tcp9100.target))
        #expect(world.phase("billing") == .down)
        #expect(world.orders.count == count, "the beat in flight is awaited")
        world.run(.seconds(2))
        #expect(world.kinds.last == "deregister")
    }

    @Test func `another cluster says goodbye first, another port says hello first`() {
        var world = running()
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(cluster: "blue")])))
        world.run(.milliseconds(200))
        #expect(world.kinds == ["register", "deregister", "register"])
        #expect(world.orders[1].instance.cluster == "DEFAULT")
        #expect(world.orders[2].instance.cluster == "blue")
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(port: 9200, cluster: "blue")])))
        world.run(.milliseconds(200))
        #expect(world.kinds.suffix(2) == ["register", "deregister"])
        #expect(world.orders.suffix(2).map(\.instance.identity.port) == [9200, 9100])
    }

    @Test func `metadata changes in place`() {
        var world = running()
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(metadata: ["version": "2"])])))
        #expect(world.kinds == ["register", "register"])
        #expect(world.phase("billing") == .up)
    }

    @Test func `a removed file is said goodbye to, one that was only not read is not`() {
        var world = running([descriptor("a", port: 1), descriptor("b", port: 2)])
        world.send(.descriptors(DescriptorSet(accepted: [descriptor("b", port: 2)], complete: false)))
        #expect(world.kinds == ["register", "register"])
        world.send(.descriptors(DescriptorSet(accepted: [descriptor("b", port: 2)])))
        #expect(world.kinds == ["register", "register", "deregister"])
        #expect(world.phase("a") == nil)
    }

    @Test func `a renamed file changes nothing in the registry`() {
        var world = running()
        var renamed = descriptor()
        renamed.name = "invoices"
        renamed.file = "invoices.yaml"
        world.send(.descriptors(DescriptorSet(accepted: [renamed])))
        world.run(.seconds(1))
        #expect(world.kinds.filter { $0 != "full" } == ["register"])
        #expect(world.phase("invoices") == .up)
    }

    @Test func `of two files with one instance the later by name is refused until the first goes`() {
        var twin = descriptor()
        twin.name = "zz"
        twin.file = "zz.yaml"
        var world = running([descriptor(), twin])
        #expect(world.phase("zz") == .rejected)
        #expect(world.heart.report.rejected.map(\.file) == ["zz.yaml"])
        world.send(.descriptors(DescriptorSet(accepted: [twin])))
        world.run(.seconds(3))
        #expect(world.phase("zz") == .up)
    }

    @Test func `a restart goes on with light beats and removes what died meanwhile`() {
        var first = running([descriptor("a", port: 1), descriptor("b", port: 2)])
        first.run(.seconds(12))
        let state = first.heart.remembered
        #expect(RememberedState(encoded: state.encoded()) == state)
        var second = Harness()
        second.now = first.now + .seconds(1)
        let probeB = ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 2)))
        second.seen = { order, _ in order.target == probeB.target ? .tcp(.refused) : .tcp(.connected) }
        second.send(.restored(state))
        second.send(
            .descriptors(
                DescriptorSet(accepted: [descriptor("a", port: 1), descriptor("b", port: 2, probes: [probeB])])))
        second.run(.milliseconds(500))
        #expect(Set(second.kinds) == ["light", "deregister"])
        #expect(second.phase("a") == .up)
    }

    @Test func `a restart says goodbye to what no file wants any more`() {
        var first = running()
        first.run(.seconds(6))
        var second = Harness()
        second.seen = alive
        second.send(.restored(first.heart.remembered))
        second.send(.descriptors(DescriptorSet(complete: false)))
        #expect(second.orders.isEmpty)
        second.send(.descriptors(DescriptorSet()))
        #expect(second.kinds == ["deregister"])
    }

    @Test func `stopping deregisters everything and then is finished`() {
        var world = running([descriptor("a", port: 1), descriptor("b", port: 2)])
        world.send(.stopping(.deregister, deadline: world.now + .seconds(10)))
        world.run(.milliseconds(100))
        #expect(world.kinds.suffix(2) == ["deregister", "deregister"])
        #expect(world.finished == [])
    }

    @Test func `a stop that the registry doesn't answer ends at its deadline and gives the NAMEs of what is left`() {
        var world = running()
        world.reply = { _, _ in nil }
        world.send(.stopping(.deregister, deadline: world.now + .seconds(10)))
        world.run(.seconds(9))
        #expect(world.finished == nil)
        world.run(.seconds(2))
        #expect(world.finished?.map(\.name) == ["billing"])
    }

    @Test func `a registry that is away changes no phase of life and gets every instance back`() {
        var world = running([descriptor("a", port: 1), descriptor("b", port: 2)])
        world.isServerUp = false
        for id in world.open { world.send(.closed(id, .byPeer("reset"))) }
        world.run(.seconds(120))
        #expect(world.phase("a") == .registering)
        world.isServerUp = true
        world.run(.seconds(10))
        #expect(world.phase("a") == .up)
        #expect(world.phase("b") == .up)
    }

    @Test func `after an outage the first write falls within one interval, by chance`() {
        var firsts: Set<Int64> = []
        for seed in 1...20 {
            var settings = Settings()
            settings.seed = UInt64(seed)
            var world = Harness(settings)
            world.seen = alive
            world.isServerUp = false
            world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
            world.run(.seconds(60))
            world.isServerUp = true
            let back = world.now
            while world.orders.isEmpty { world.run(.milliseconds(50)) }
            #expect(world.now - back <= .seconds(8))
            firsts.insert((world.now - back).milliseconds / 500)
        }
        #expect(firsts.count > 5)
    }

    @Test func `a registry that closes every connection at once is asked ever more rarely`() {
        var world = Harness()
        world.seen = alive
        world.reply = { _, _ in .notSent("broken pipe") }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        for _ in 0..<400 {
            let open = world.open
            world.open = []
            for id in open { world.send(.closed(id, .byPeer("closed"))) }
            world.run(.milliseconds(50))
        }
        #expect(world.orders.count > 5)
        #expect(world.orders.count < 30)
    }

    @Test func `flapping holds the instance back from the third down on`() {
        var world = running()
        for _ in 0..<3 {
            world.seen = refused
            world.run(.seconds(3))
            world.seen = alive
            world.run(.seconds(2))
        }
        #expect(world.phase("billing") == .waiting)
        #expect(world.heart.report.instance("billing")?.reason.contains("3 times down") == true)
        world.run(.seconds(6))
        #expect(world.phase("billing") == .up)
    }

    @Test func `warm-up waits until the process is old enough`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(warmUp: .seconds(20))])))
        #expect(world.heart.report.instance("billing")?.reason == "warm-up: 20 s left")
        world.run(.seconds(19))
        #expect(world.orders.isEmpty)
        world.run(.seconds(2))
        #expect(world.phase("billing") == .up)
    }

    @Test func `new probes wait until they are alive while the old ones go on`() {
        var world = running()
        let other = ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 9999)))
        world.seen = { order, _ in order.target == other.target ? .tcp(.refused) : .tcp(.connected) }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(probes: [other])])))
        world.run(.seconds(10))
        #expect(world.phase("billing") == .up)
        #expect(world.heart.report.instance("billing")?.pending != nil)
        world.seen = alive
        world.run(.seconds(3))
        #expect(world.phase("billing") == .up)
        #expect(world.heart.report.instance("billing")?.pending == nil)
        #expect(world.kinds.filter { $0 == "register" }.count == 1)
    }

    @Test func `after a stall a beat waits for a new look`() {
        var world = running()
        world.run(.seconds(6))
        world.seen = { _, _ in nil }
        world.now = world.now + .seconds(60)
        let before = world.orders.count
        world.send(.tick)
        #expect(world.orders.count == before)
        #expect(!world.looksOut.isEmpty)
        let order = world.looksOut[world.looksOut.count - 1]
        world.send(.saw([SightingReport(order: order.id, began: world.now, ended: world.now, seen: .tcp(.connected))]))
        #expect(world.orders.count == before + 1)
    }
}
