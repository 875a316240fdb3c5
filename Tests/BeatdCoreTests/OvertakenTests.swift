import Testing

@testable import BeatdCore

/// Looks that began before the last sign of trouble (promise P1), whatever they saw.
@Suite struct OvertakenTests {
    private func sighting(pid: Int32) -> Sighting {
        let process = ProcessIdentity(pid: pid, inode: UInt64(pid), started: Instant(nanoseconds: 5), boot: "b")
        let stamp = FileStamp(inode: 1, size: 4, modified: Int64(pid) * 1_000_000_000, changed: 1_000_000_000)
        let seen = ProcessSighting(identity: process, startedAt: 0, executable: "/bin/x", arguments0: "x", comm: "x")
        return .pidfile(.process(stamp, seen))
    }

    private func report(_ world: Harness, _ look: LookOrder, began: Instant, _ seen: Sighting) -> Event {
        .saw([SightingReport(order: look.id, began: began, ended: world.now, seen: seen)])
    }

    @Test func `a look that began before the process ended says nothing, even where it saw the successor`() throws {
        var world = Harness()
        world.seen = { _, _ in sighting(pid: 812) }
        world.send(.descriptors(DescriptorSet(accepted: [descriptor(probes: [billingPidfile])])))
        let process = try #require(world.watched.first)
        world.seen = { _, _ in nil }
        world.run(.seconds(2))
        let look = try #require(world.looksOut.last)
        let began = world.now
        world.now = began + .milliseconds(100)
        world.send(.exited(process))
        #expect(world.kinds == ["register", "deregister"])
        world.now = began + .milliseconds(200)
        world.send(report(world, look, began: began, sighting(pid: 900)))
        #expect(world.kinds == ["register", "deregister"], "it began before the end was known")
        let next = try #require(world.looksOut.last)
        #expect(next.id != look.id)
        world.send(report(world, next, began: world.now, sighting(pid: 900)))
        #expect(world.kinds == ["register", "deregister", "register"])
    }

    @Test func `a look made for callers of one address carries nothing for another one`() throws {
        var file = descriptor(
            probes: [ProbeSpec(target: Target(kind: .port(9100, on: .advertised(.automatic))))])
        file.address = .automatic
        var world = Harness()
        world.seen = { _, _ in .port(.listening(.address("10.0.0.5"))) }
        world.send(.addresses(AddressSet(source: "10.0.0.5", local: ["10.0.0.5"])))
        world.send(.descriptors(DescriptorSet(accepted: [file])))
        #expect(world.phase("billing") == .up)
        world.seen = { _, _ in nil }
        world.now = world.now + .milliseconds(500)
        world.send(.addresses(AddressSet(source: "10.0.0.7", local: ["10.0.0.7"])))
        #expect(world.kinds == ["register"], "nobody has looked for callers of 10.0.0.7 yet")
        let look = try #require(world.looksOut.last)
        world.send(report(world, look, began: world.now, .port(.listening(.address("10.0.0.7")))))
        #expect(world.orders.last { $0.kind == .register }?.instance.identity.ip == "10.0.0.7")
    }
}
