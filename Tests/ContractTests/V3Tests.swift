import BeatdCore
import BeatdNacos
import Linux
import TestSupport
import Testing

/// What beatd itself says in v3, to a server that has nothing else.
struct V3Tests {
    @Test(.enabled(if: ContractRun.isHere(.nacos31), "needs java and registries/nacos-3.1.0 in BEATD_SHARED"))
    func `a real Nacos 3.1.0 without v1 takes what beatd says in v3`() async throws {
        _ = await ContractRun.shared.value  // two real ones at a time are enough
        let registry = try RegistryProcess(real: .nacos31V3)
        defer { registry.stop() }
        try await registry.hasStarted()
        let client = Client(registry.target.address)
        func say(_ kind: WriteOrder.Kind, _ instance: Instance, _ api: RegistryAPI = .v3) throws -> BeatdCore.Reply {
            let order = WriteOrder(id: WriteID(number: 1), kind: kind, instance: instance, server: Server(), api: api)
            let reply = try client.ask(Wire.request(order))
            return Wire.reply(to: kind, api, HTTPResponse(status: reply.status, body: reply.bytes, closes: false))
        }
        func isListed(_ instance: Instance) throws -> Bool {
            let service = instance.identity.service
            let query = "serviceName=\(service.service)&groupName=\(service.group)&clusterName=\(instance.cluster)"
            let reply = try client.ask("GET", "/nacos/v3/client/ns/instance/list?\(query)")
            let text = String(decoding: reply.bytes, as: UTF8.self)
            return text.contains("\"ip\":\"10.7.0.1\"") && text.contains("\"weight\":2.5")
                && text.contains("\"zone\":\"a \\\"b\\\"\"")
        }
        let key = ServiceKey(namespace: "public", group: "PAY", service: "v3-orders")
        let instance = Instance(
            identity: WireIdentity(service: key, ip: "10.7.0.1", port: 9100), cluster: "BLUE", weight: 2.5,
            metadata: ["zone": "a \"b\""])
        let beat = WriteOrder.Kind.beat(light: true, period: .seconds(5))
        let yes = BeatdCore.Reply.accepted(intervalMilliseconds: nil, lightBeats: nil)

        guard case .refused(let refusal) = try say(.register, instance, .v1), refusal.status == 410 else {
            Issue.record("v1 is not off")
            return
        }
        guard case .refused(let refusal) = try say(.inquire, instance, .v1), refusal.status == 410 else {
            Issue.record("v1 says that it is there")
            return
        }
        #expect(try say(.inquire, instance) == yes)
        #expect(try say(beat, instance) == .notFound)
        #expect(try say(.register, instance) == yes)
        #expect(try say(beat, instance) == yes)
        try eventually { try isListed(instance) }
        #expect(try say(.deregister, instance) == yes)
        #expect(try say(beat, instance) == .notFound)
        try eventually { try !isListed(instance) }
    }
}
