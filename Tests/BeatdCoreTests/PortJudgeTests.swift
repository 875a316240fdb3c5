import Testing

@testable import BeatdCore

/// The row `port` of contract 3.1, in every combination of who listens and where callers come to.
struct PortJudgeTests {
    private func look(
        _ seen: PortSighting, on address: PortAddress = .advertised(.automatic), callers: [String] = ["10.0.3.7"]
    ) -> Verdict {
        judge(.port(9100, on: address), .port(seen), LookMemory(), callers: callers)
    }

    @Test(arguments: [
        (Listener.everyIPv4, "10.0.3.7", Outcome.alive), (.dualStack, "10.0.3.7", .alive),
        (.address("10.0.3.7"), "10.0.3.7", .alive), (.everyIPv6, "fd00::7", .alive), (.dualStack, "fd00::7", .alive),
        (.address("fd00::7"), "fd00::7", .alive), (.address("127.0.0.1"), "10.0.3.7", .failing),
        (.address("127.8.8.8"), "10.0.3.7", .failing), (.address("::1"), "fd00::7", .failing),
        (.everyIPv6, "10.0.3.7", .failing), (.everyIPv4, "fd00::7", .failing),
        (.address("10.0.3.8"), "10.0.3.7", .gone), (.address("fd00::8"), "10.0.3.7", .gone),
    ])
    func `somebody has to listen where callers come to`(_ listener: Listener, _ caller: String, _ outcome: Outcome) {
        #expect(look(.listening(listener), callers: [caller]).outcome == outcome)
        #expect(look(.listening(listener), on: .literal(caller), callers: []).outcome == outcome)
        #expect(look(.listening(listener), on: .any, callers: [caller]).outcome == .alive)
        #expect(look(.listening(.address("192.0.2.1"), others: [listener]), callers: [caller]).outcome == outcome)
    }

    @Test func `an advertised address that this host doesn't have is not asked for`() {
        #expect(look(.listening(.address("127.0.0.1")), callers: []).outcome == .alive)
    }

    @Test func `a loopback listener is told as contract 3_1 words it`() {
        #expect(
            look(.listening(.address("127.0.0.1"))).reason == "9100 listens on 127.0.0.1 only, callers come to 10.0.3.7"
        )
        #expect(
            look(.listening(.address("127.0.0.1"), others: [.everyIPv6]), on: .literal("10.0.3.7")).reason
                == "9100 listens on 127.0.0.1 and IPv6 only, not on 10.0.3.7")
    }

    @Test(arguments: [PortAddress.any, .literal("10.0.3.7"), .advertised(.automatic)])
    func `nobody is gone, and a look that failed decides nothing`(_ address: PortAddress) {
        #expect(look(.nobody, on: address).outcome == .gone)
        let hindered = judge(.port(9100, on: address), .hindered("sock_diag: No buffer space"), LookMemory())
        #expect(hindered.outcome == .unknown)
        #expect(hindered.reason == "sock_diag: No buffer space")
    }

    @Test(arguments: [
        (ConnectSighting.connected, Outcome.alive), (.refused, .gone), (.timedOut, .failing), (.reset, .failing),
        (.failed("no route"), .failing), (.forbidden("no"), .unknown),
    ])
    func `a connection in place of socket diagnosis is judged as tcp is, and says why it was made`(
        _ seen: ConnectSighting, _ outcome: Outcome
    ) {
        let verdict = look(.connection(seen, because: "socket: Operation not permitted"))
        #expect(verdict.outcome == outcome)
        #expect(verdict.reason?.contains("socket diagnosis is closed to beatd: socket: Operation not") == true)
    }
}

/// Ports in the heart: what they lead to.
struct PortReactorTests {
    private static let port = Target(kind: .port(9100, on: .advertised(.literal("10.0.3.7"))))

    private static func harness() -> Harness {
        var harness = Harness()
        harness.seen = { _, _ in .port(.listening(.everyIPv4)) }
        harness.send(.addresses(AddressSet(source: "10.0.3.7", local: ["10.0.3.7"])))
        let probes = [ProbeSpec(target: port)]
        harness.send(.descriptors(DescriptorSet(accepted: [descriptor(probes: probes)])))
        harness.run(.seconds(1))
        return harness
    }

    @Test func `a listener that is gone brings the goodbye at the next look`() {
        var harness = Self.harness()
        #expect(harness.phase("billing") == .up)
        harness.seen = { _, _ in .port(.nobody) }
        harness.run(.seconds(2))
        #expect(harness.phase("billing") == .down)
        #expect(harness.kinds.last == "deregister")
    }

    @Test func `looks that fail bring no goodbye, and beats stop when the last good one is stale`() {
        var harness = Self.harness()
        harness.seen = { _, _ in .hindered("sock_diag: Interrupted system call") }
        harness.run(.seconds(60))
        #expect(harness.phase("billing") == .suspect)
        #expect(!harness.kinds.contains("deregister"))
        let beats = harness.kinds.count
        harness.run(.seconds(60))
        #expect(harness.kinds.count == beats)
        harness.seen = { _, _ in .port(.listening(.dualStack)) }
        harness.run(.seconds(2))
        #expect(harness.phase("billing") == .up)
    }

    @Test func `a listener that moves to loopback alone is said goodbye to after fall looks`() {
        var harness = Self.harness()
        harness.seen = { _, _ in .port(.listening(.address("127.0.0.1"))) }
        harness.run(.seconds(3))
        #expect(harness.phase("billing") == .suspect)
        harness.run(.seconds(4))
        #expect(harness.phase("billing") == .down)
        #expect(harness.heart.report.instance("billing")?.reason.contains("callers come to 10.0.3.7") == true)
    }

    @Test func `what was judged for a former address carries nothing for the next one`() {
        var harness = Harness()
        harness.seen = { _, _ in .port(.listening(.address("10.0.3.7"))) }
        harness.send(.addresses(AddressSet(source: "10.0.3.7", local: ["10.0.3.7"])))
        let target = Target(kind: .port(9100, on: .advertised(.automatic)))
        var billing = descriptor(probes: [ProbeSpec(target: target)])
        billing.address = .automatic
        harness.send(.descriptors(DescriptorSet(accepted: [billing])))
        harness.run(.seconds(1))
        #expect(harness.phase("billing") == .up)
        harness.seen = { _, _ in nil }
        harness.send(.addresses(AddressSet(source: "10.0.3.8", local: ["10.0.3.8"])))
        harness.run(.milliseconds(500))
        #expect(!harness.orders.contains { $0.instance.identity.ip == "10.0.3.8" })
        harness.seen = { _, _ in .port(.listening(.everyIPv4)) }
        harness.run(.seconds(10))
        #expect(harness.orders.contains { $0.instance.identity.ip == "10.0.3.8" })
    }

    @Test func `looks at ports come together, whenever their files came`() {
        var harness = Self.harness()
        for number in 1...5 {
            harness.run(.milliseconds(130))
            let target = Target(kind: .port(9100 + number, on: .any))
            let more = descriptor("more\(number)", port: 9100 + number, probes: [ProbeSpec(target: target)])
            let all = DescriptorSet(accepted: [more], complete: false)
            harness.send(.descriptors(all))
        }
        harness.run(.seconds(3))
        let looks = Looks()
        harness.seen = { order, now in
            looks.times[order.target, default: []].append(now)
            return .port(.listening(.everyIPv4))
        }
        harness.run(.seconds(4))
        let times = Set(looks.times.values.flatMap(\.self)).sorted()
        #expect(times.count == 2)
        #expect(looks.times.count == 6)
        #expect(looks.times.values.allSatisfy { $0 == times })
    }

    private final class Looks {
        var times: [Target: [Instant]] = [:]
    }
}
