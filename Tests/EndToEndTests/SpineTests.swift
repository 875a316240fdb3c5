import Linux
import TestSupport
import Testing

/// From a file dropped in a folder to beats on the wire, by the real programs.
@Suite struct SpineTests {
    private let registry: Registry
    private let agent: Agent
    private let service: LegacyService

    init() throws {
        registry = try Registry()
        agent = try Agent(registry: registry.address)
        service = try LegacyService(in: agent.folder, name: "billing")
    }

    @Test func `A1 A8 A11: a dropped file is registered before its first beat, and beats by one loop`() throws {
        let began = Clocks.boot()
        try agent.drop("billing", guarding: service, more: "weight: 2.5\nmetadata: { version: \"2.3\" }")
        try registry.beats("billing", 6)
        let all = try registry.requests("billing")
        let seconds = Double(Clocks.boot() - began) / 1e9
        #expect(all.first?.kind == .register)
        #expect(all.count { $0.kind == .register } == 1)
        let registration = all.first?.parameters ?? [:]
        #expect(registration["ip"] == "127.0.0.1")
        #expect(registration["port"] == "\(service.port)")
        #expect(registration["weight"] == "2.5")
        #expect(registration["serviceName"] == "DEFAULT_GROUP@@billing")
        #expect(registration["ephemeral"] == "true")
        let beat = all.first(where: \.isBeat)?.parameters["beat"] ?? ""
        #expect(beat.contains("\"serviceName\":\"DEFAULT_GROUP@@billing\""))
        #expect(beat.contains("\"weight\":2.5"))
        #expect(beat.contains("\"period\":500"))
        #expect(beat.contains("\"cluster\":\"DEFAULT\""))
        let status = try agent.phase("up", of: "billing")
        #expect(status.process?.pid == service.pid)
        #expect(status.lastBeat?.outcome == "accepted")
        // Two a second; a second loop would make it four.
        #expect(Double(all.count(where: \.isBeat)) <= 2 + 2 * seconds)
        #expect(try registry.list("billing").contains("\"port\":\(service.port)"))
    }

    @Test func `A3: beats are light from lightBeatEnabled on, and full again when it is off`() throws {
        try agent.drop("billing", guarding: service)
        try registry.wait("billing") { $0.contains { $0.kind == .light } }
        let all = try registry.requests("billing").filter(\.isBeat)
        #expect(all.first?.kind == .beat)
        #expect(all.dropFirst().allSatisfy { $0.kind == .light })
        try registry.set("lightBeatEnabled", "false")
        let mark = try registry.mark()
        try registry.beats("billing", 3, since: mark)
        let later = try registry.requests("billing", since: mark).filter(\.isBeat)
        #expect(later.first?.kind == .light, "its answer is the first that says otherwise")
        #expect(later.dropFirst().allSatisfy { $0.kind == .beat })
    }

    @Test func `A4 P6: a registry that forgot the instance gets exactly one registration before the next beat`() throws
    {
        try agent.drop("billing", guarding: service, more: "enabled: false\nweight: 3\nmetadata: { zone: a }")
        try registry.wait("billing") { $0.contains { $0.kind == .light } }
        try registry.kill()
        try registry.start()
        try registry.wait("billing") { $0.count { $0.isBeat && $0.code == 10200 } >= 2 }
        let all = try registry.requests("billing")
        #expect(all.first?.code == 20404)
        #expect(all.map(\.kind) == [.light, .register] + Array(repeating: .light, count: all.count - 2))
        let again = try #require(all.first { $0.kind == .register }).parameters
        #expect(again["weight"] == "3.0")
        #expect(again["enabled"] == "false")
        #expect(again["metadata"]?.contains("\"zone\":\"a\"") == true)
        try agent.phase("up", of: "billing")
    }

    @Test(arguments: [(700, 600...850), (14_000, 1400...1650)])
    func `A2: the interval that the server sends is obeyed within bounds`(sent: Int, seen: ClosedRange<Int>) throws {
        try agent.drop("billing", guarding: service)
        try registry.beats("billing", 1)
        let target =
            "/nacos/v1/ns/instance?serviceName=billing&ip=127.0.0.1&port=\(service.port)&weight=1"
            + "&metadata=%7B%22preserved.heart.beat.interval%22%3A%22\(sent)%22%7D"
        #expect(try Ask.port(registry.port, "PUT", target).status == 200)
        let edited = try registry.mark()
        // A beat that is held up makes two gaps that are none; then others follow.
        try registry.wait("billing", since: edited, limit: .seconds(60)) { all in
            let beats = all.filter(\.isBeat)
            let gaps = zip(beats.dropFirst(2), beats.dropFirst()).map { Int(($0.boot - $1.boot) / 1_000_000) }
            return gaps.count >= 2 && gaps.suffix(2).allSatisfy(seen.contains)
        }
    }

    @Test func `P3: the exit of the process is seen without a look, and deregisters within half a second`() throws {
        let time = try Attempts.shortest(below: .milliseconds(500)) { number in
            let name = "billing-\(number)"
            let service = try LegacyService(in: agent.folder, name: name)
            try agent.drop(
                """
                service: \(name)
                port: \(service.port)
                address: 127.0.0.1
                beat: { interval: 500ms, timeout: 3s, delete-after: 6s }
                probes:
                  - pidfile: { path: \(service.pidfile), interval: 30s }
                  - tcp: { port: \(service.port), interval: 30s }

                """, as: "\(name).yaml")
            try registry.beats(name, 1)
            let killed = try service.kill()
            return .nanoseconds(try registry.first(.deregister, name).boot - killed)
        }
        #expect(time < .milliseconds(500))
    }

    @Test func `P2: nothing follows the goodbye of a killed service until it is back`() throws {
        try agent.drop("billing", guarding: service)
        let bystander = try LegacyService(in: agent.folder, name: "other")
        try agent.drop("other", guarding: bystander)
        try registry.beats("billing", 2)
        try service.kill()
        let goodbye = try registry.first(.deregister, "billing")
        #expect(goodbye.status == 200)
        try registry.beats("other", 3, since: goodbye.request)
        #expect(try registry.requests("billing", since: goodbye.request).isEmpty)
        #expect(try agent.status()["billing"]?.phase == "down")
        #expect(try registry.list("billing").contains("\"hosts\":[]"))
        try service.start()
        let back = try registry.first(.register, "billing", since: goodbye.request)
        try registry.beats("billing", 2, since: back.request)
        #expect(try registry.requests("billing", since: goodbye.request).first?.kind == .register)
        #expect(try agent.phase("up", of: "billing").process?.pid == service.pid)
    }

    @Test func `A7 A10: what is removed while its beat is in flight ends deregistered`() throws {
        try agent.drop("billing", guarding: service)
        try registry.beats("billing", 2)
        registry.stop()
        // Due within half a second: it is written, and nobody answers.
        try agent.wait { ($0["billing"]?.nextBeatIn ?? 9) > 0.4 || $0.registry.lastError != nil }
        agent.descriptors.remove(name: "billing.yaml")
        try agent.wait { $0["billing"] == nil || $0["billing"]?.phase == "down" }
        registry.proceed()
        let all = try registry.wait("billing") { $0.contains { $0.kind == .deregister } }
        #expect(all.last?.kind == .deregister)
        #expect(try registry.list("billing").contains("\"hosts\":[]"))
    }
}
