import BeatdCore
import Testing

/// Mistakes that the simulation found, each as small as it gets.
@Suite struct FoundBySimulationTests {
    private func automatic(port: Int = 9100, _ address: AddressChoice) -> InstanceDescriptor {
        var descriptor = descriptor(port: port)
        descriptor.address = address
        return descriptor
    }

    @Test func `status can be asked while a stop goes on`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor("a", port: 9101), descriptor("b", port: 9102)])))
        world.reply = { order, _ in
            order.instance.identity.port == 9102 ? nil : .accepted(intervalMilliseconds: nil, lightBeats: nil)
        }
        world.send(.stopping(.deregister, deadline: world.now + .seconds(10)))
        #expect(world.finished == nil)
        #expect(world.heart.report.instances.map(\.name) == ["a", "b"])
    }

    @Test func `an address that was written is not kept when the file asks for the host's own`() {
        var world = Harness()
        world.seen = alive
        world.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5", "10.0.0.6"])))
        world.send(.descriptors(DescriptorSet(accepted: [automatic(.literal("10.0.0.6"))])))
        #expect(world.heart.report.instance("billing")?.ip == "10.0.0.6")
        world.send(.descriptors(DescriptorSet(accepted: [automatic(.automatic)])))
        #expect(world.heart.report.instance("billing")?.ip == "10.0.0.5")
        world.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.5", "10.0.0.7"])))
        let kept = world.heart.report.instance("billing")?.ip
        #expect(kept == "10.0.0.5", "the host's own is kept while the host has it")
    }

    @Test func `a file that is removed and comes back rises anew, though its goodbye is still out`() {
        var probe = tcp9100
        probe.rise = 3
        let file = descriptor(probes: [probe])
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        world.run(.seconds(6))
        #expect(world.phase("billing") == .up)
        world.reply = { _, _ in nil }
        world.send(.descriptors(DescriptorSet(accepted: [])))
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        #expect(world.phase("billing") == .waiting)
    }

    @Test func `a failed beat waits for its whole back-off`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        var times: [Instant] = []
        world.reply = { _, now in
            times.append(now)
            return .refused(status: 400, text: "")
        }
        world.run(.seconds(6))
        #expect(times.count > 2)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .milliseconds(160) })
    }

    @Test func `a beat that did not leave is sent once, not twice`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        let before = world.orders.count
        var isFull = true
        world.reply = { _, _ in
            defer { isFull = false }
            return isFull ? .notSent("full") : .accepted(intervalMilliseconds: 5000, lightBeats: true)
        }
        world.run(.seconds(5))
        #expect(world.orders.count - before == 2)
    }

    @Test func `a waiting version that is told again goes on waiting with what was seen of it`() {
        let slow = ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 9999)))
        let next = descriptor(probes: [slow])
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        world.seen = { order, _ in order.target == slow.target ? nil : .tcp(.connected) }
        world.send(.descriptors(DescriptorSet(accepted: [next])))
        let asked = world.looksOut.count
        for _ in 0..<5 { world.send(.descriptors(DescriptorSet(accepted: [next, descriptor("other", port: 1)]))) }
        #expect(world.looksOut.filter { $0.target == slow.target }.count == 1)
        #expect(world.looksOut.count == asked)
        let order = world.looksOut[0]
        world.send(.saw([SightingReport(order: order.id, began: world.now, ended: world.now, seen: .tcp(.connected))]))
        #expect(world.heart.report.instance("billing")?.pending == nil)
        #expect(world.phase("billing") == .up)
    }

    @Test func `a version that is taken back while it waits never takes over`() {
        let other = ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 9200)))
        var world = Harness()
        world.seen = { order, _ in .tcp(order.target == tcp9100.target ? .connected : .refused) }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(port: 9200, probes: [other])])))
        #expect(world.heart.report.instance("billing")?.pending != nil)
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        #expect(world.heart.report.instance("billing")?.pending == nil)
        world.seen = alive
        world.run(.seconds(10))
        #expect(Set(world.orders.map(\.instance.identity.port)) == [9100])
    }

    @Test func `new probes of a running instance need to be alive once, whatever rise says`() {
        var strict = ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 9999)))
        strict.rise = 5
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(probes: [strict])])))
        #expect(world.heart.report.instance("billing")?.pending == nil)
        #expect(world.phase("billing") == .up)
        world.run(.seconds(1))
        #expect(world.phase("billing") == .up)
    }

    @Test func `the entry at a former address stays while the new one is held back`() {
        var file = automatic(.automatic)
        file.warmUp = .seconds(30)
        var world = Harness()
        world.seen = alive
        world.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        world.send(.descriptors(DescriptorSet(accepted: [automatic(.automatic)])))
        world.run(.seconds(6))
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        world.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.7"])))
        #expect(world.heart.report.instance("billing")?.reason.hasPrefix("warm-up") == true)
        world.run(.seconds(10))
        #expect(!world.kinds.contains("deregister"))
        world.run(.seconds(20))
        let changes = world.orders.filter { $0.kind == .register || $0.kind == .deregister }
        #expect(changes.suffix(2).map(\.instance.identity.ip) == ["10.0.0.7", "10.0.0.5"])
        #expect(changes.suffix(2).map(\.kind) == [.register, .deregister])
    }

    @Test func `an accepted beat does not shorten the back-off of a registration that failed`() {
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        world.run(.seconds(6))
        var times: [Instant] = []
        world.reply = { order, now in
            guard order.kind == .register else { return .accepted(intervalMilliseconds: 1000, lightBeats: true) }
            times.append(now)
            return .refused(status: 400, text: "")
        }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(metadata: ["zone": "b"])])))
        world.run(.seconds(40))
        #expect(times.count > 4)
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        #expect(zip(gaps, gaps.dropFirst()).prefix(3).allSatisfy { $1 > $0 }, "\(gaps)")
    }

    @Test func `an entry whose address changed while beatd was down stays until the new one stands`() {
        var first = Harness()
        first.seen = alive
        first.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        first.send(.descriptors(DescriptorSet(accepted: [automatic(.automatic)])))
        first.run(.seconds(6))
        var probe = tcp9100
        probe.rise = 2
        var file = automatic(.automatic)
        file.probes = [probe]
        var second = Harness()
        second.now = first.now + .seconds(1)
        second.seen = alive
        second.send(.restored(first.heart.remembered))
        second.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.7"])))
        second.send(.descriptors(DescriptorSet(accepted: [file])))
        #expect(second.phase("billing") == .waiting)
        #expect(!second.kinds.contains("deregister"))
        var third = second
        third.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        third.run(.seconds(6))
        #expect(!third.kinds.contains("deregister"), "it is back, and nobody saw it leave")
        second.run(.seconds(6))
        let changes = second.orders.filter { $0.kind == .register || $0.kind == .deregister }
        #expect(changes.prefix(2).map(\.instance.identity.ip) == ["10.0.0.7", "10.0.0.5"])
        #expect(changes.prefix(2).map(\.kind) == [.register, .deregister])
    }

    @Test(arguments: ["10.0.0.7", nil]) func `a chosen address is kept over a restart, whatever would be chosen then`(
        source: String?
    ) {
        var first = Harness()
        first.seen = alive
        first.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        first.send(.descriptors(DescriptorSet(accepted: [automatic(.automatic)])))
        first.run(.seconds(6))
        var second = Harness()
        second.now = first.now + .seconds(1)
        second.seen = alive
        second.send(.restored(first.heart.remembered))
        second.send(.addresses(AddressSet(source: source, local: ["10.0.0.5", "10.0.0.7"])))
        second.send(.descriptors(DescriptorSet(accepted: [automatic(.automatic)])))
        second.run(.seconds(6))
        #expect(second.phase("billing") == .up)
        #expect(second.heart.report.instance("billing")?.ip == "10.0.0.5")
        #expect(!second.kinds.contains("deregister") && !second.kinds.contains("register"))
    }

    @Test func `after a restart the last good version of a broken file takes over what the last run left`() {
        var first = Harness()
        first.seen = alive
        first.send(.descriptors(DescriptorSet(accepted: [descriptor(port: 9100)])))
        first.run(.seconds(6))
        var second = Harness()
        second.now = first.now + .seconds(1)
        second.seen = alive
        second.send(.restored(first.heart.remembered))
        var set = DescriptorSet(accepted: [descriptor(port: 9200)])
        set.rejected = [Rejection(name: "billing", file: "billing.yaml", error: "unknown key 'prot'")]
        second.send(.descriptors(set))
        second.run(.seconds(2))
        let changes = second.orders.filter { $0.kind == .register || $0.kind == .deregister }
        #expect(changes.prefix(2).map(\.instance.identity.port) == [9200, 9100])
        #expect(changes.prefix(2).map(\.kind) == [.register, .deregister])
    }

    @Test func `what a broken file left waits for its mending, and is said goodbye to when the file goes`() {
        var first = Harness()
        first.seen = alive
        first.send(.descriptors(DescriptorSet(accepted: [descriptor()])))
        first.run(.seconds(6))
        var second = Harness()
        second.seen = alive
        second.send(.restored(first.heart.remembered))
        var broken = DescriptorSet()
        broken.rejected = [Rejection(name: "billing", file: "billing.yaml", error: "unknown key 'prot'")]
        second.send(.descriptors(broken))
        second.run(.seconds(2))
        #expect(second.orders.isEmpty)
        second.send(.descriptors(DescriptorSet()))
        #expect(second.kinds == ["deregister"])
    }

    @Test func `a registration that may stand lets no other process than its own skip the warm-up`() {
        func seen(_ order: LookOrder, _ pid: Int32, born: Instant) -> Sighting {
            guard case .pidfile = order.target.kind else { return .tcp(.connected) }
            let process = ProcessIdentity(pid: pid, inode: UInt64(pid), started: born, boot: "boot")
            let stamp = FileStamp(inode: 1, size: 4, modified: Int64(pid), changed: Int64(pid))
            return .pidfile(
                .process(
                    stamp,
                    ProcessSighting(identity: process, startedAt: 0, executable: nil, arguments0: nil, comm: "x")))
        }
        var world = Harness()
        world.seen = { order, _ in seen(order, 356, born: Instant(nanoseconds: 0)) }
        world.reply = { order, _ in order.kind == .register ? .refused(status: 500, text: "") : .notFound }
        let file = descriptor(probes: [tcp9100, billingPidfile], warmUp: .seconds(5))
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        #expect(world.kinds == ["register"])
        world.seen = refused
        world.now = world.now + .milliseconds(10)
        world.send(.woke(tcp9100.target))
        #expect(world.kinds == ["register", "deregister"])
        world.reply = { _, _ in .accepted(intervalMilliseconds: nil, lightBeats: nil) }
        let born = world.now + .milliseconds(50)
        world.now = world.now + .seconds(2)
        world.seen = { _, _ in nil }
        world.send(.woke(tcp9100.target))
        // The port answers before the pidfile, by which the former process still lives.
        let now = world.now
        world.send(
            .saw(
                world.looksOut.map { order in
                    SightingReport(order: order.id, began: now, ended: now, seen: seen(order, 384, born: born))
                }))
        world.seen = { order, _ in seen(order, 384, born: born) }
        world.run(.seconds(3))
        #expect(!world.kinds.dropFirst(2).contains("register"))
        world.run(.seconds(3))
        #expect(world.kinds.contains("register"))
        #expect(world.phase("billing") == .up)
    }

    @Test func `an address that comes back before its goodbye left says none, though the look is too old by then`() {
        var world = Harness()
        world.seen = alive
        world.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        world.send(.descriptors(DescriptorSet(accepted: [automatic(.automatic)])))
        world.run(.seconds(6))
        world.reply = { order, _ in
            order.kind == .deregister
                ? .refused(status: 500, text: "") : .accepted(intervalMilliseconds: 5000, lightBeats: true)
        }
        world.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.7"])))
        #expect(world.kinds.suffix(2) == ["register", "deregister"])
        let before = world.orders.count
        world.seen = { _, _ in nil }
        world.now = world.now + .seconds(7)
        world.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        let said = world.orders.dropFirst(before)
        #expect(!said.contains { $0.kind == .deregister && $0.instance.identity.ip == "10.0.0.5" })
    }

    @Test func `a beat that a stall held back leaves with the next look, though its phase was not seen to change`() {
        var file = descriptor()
        file.beat = BeatTiming(interval: .milliseconds(500))
        var world = Harness()
        world.seen = alive
        world.reply = { _, _ in .accepted(intervalMilliseconds: nil, lightBeats: true) }
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        world.run(.seconds(6))
        let last = world.now
        world.seen = { _, _ in nil }
        world.looksOut = []
        // The last look began just now, and carries for 4 s.
        world.run(.milliseconds(3500))
        world.now = last + .milliseconds(4050)
        let before = world.orders.count
        world.send(.tick)
        #expect(world.orders.count == before)
        let now = world.now
        world.send(
            .saw(
                world.looksOut.map {
                    SightingReport(order: $0.id, began: now, ended: now, seen: .tcp(.connected))
                }))
        #expect(world.kinds.dropFirst(before) == ["light"])
        #expect(world.phase("billing") == .up)
    }

    @Test func `what went down stays so until all of it was seen alive at once`() {
        let other = ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 9200)))
        var world = Harness()
        world.seen = alive
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(probes: [tcp9100, other])])))
        world.run(.seconds(6))
        world.seen = { order, _ in order.target == tcp9100.target ? .tcp(.refused) : nil }
        world.run(.seconds(10))
        #expect(world.phase("billing") == .down)
        world.seen = { order, _ in order.target == tcp9100.target ? .tcp(.connected) : nil }
        world.run(.seconds(10))
        #expect(world.phase("billing") == .down, "the other one was last seen alive 20 s ago")
        #expect(world.transitions.map(\.phase) == [.waiting, .registering, .up, .down])
    }

    @Test func `a failed beat waits for its whole back-off beside a change that waits as well`() {
        func file(_ name: String, _ version: String) -> InstanceDescriptor {
            var file = descriptor(name, metadata: ["version": version])
            file.beat = BeatTiming(interval: .seconds(2), timeout: .seconds(15), deleteAfter: .seconds(30))
            return file
        }
        let names = (0..<20).map { "s\($0)" }
        var world = Harness(Settings(registry: RegistrySettings(api: .v1, timeout: .seconds(2))))
        world.seen = alive
        world.reply = { _, _ in .accepted(intervalMilliseconds: nil, lightBeats: false) }
        world.send(.descriptors(DescriptorSet(accepted: names.map { file($0, "1") })))
        world.run(.seconds(6))
        var beats: [String: [Instant]] = [:]
        world.reply = { order, now in
            guard case .beat = order.kind else { return .accepted(intervalMilliseconds: nil, lightBeats: nil) }
            beats[order.instance.identity.service.service, default: []].append(now)
            return nil
        }
        world.run(.milliseconds(2100))
        world.send(.descriptors(DescriptorSet(accepted: names.map { file($0, "2") })))
        world.run(.seconds(6))
        let pauses = beats.values.flatMap { times in zip(times, times.dropFirst()).map { $1 - $0 } }
        #expect(pauses.count >= 10)
        #expect(pauses.allSatisfy { $0 >= .milliseconds(2160) }, "given up after 2 s, and 0.2 s less 20 % later")
    }

    @Test func `of two files that had one instance at an address each, the first by name is what was renamed`() {
        func file(_ name: String) -> InstanceDescriptor {
            var file = descriptor(name)
            file.address = .automatic
            file.service = ServiceKey(namespace: "public", group: "DEFAULT_GROUP", service: "billing")
            return file
        }
        var world = Harness()
        world.seen = alive
        world.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        world.send(.descriptors(DescriptorSet(accepted: [file("b")])))
        world.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.5", "10.0.0.7"])))
        world.send(.descriptors(DescriptorSet(accepted: [file("a"), file("b")])))
        #expect(world.heart.report.instance("a")?.ip == "10.0.0.7")
        world.send(.descriptors(DescriptorSet(accepted: [file("c")])))
        #expect(world.heart.report.instance("c")?.ip == "10.0.0.7")
    }
}
