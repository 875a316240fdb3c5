import BeatdCore
import BeatdNacos
import Testing

@Suite struct RequestWriterTests {
    private func order(
        _ kind: WriteOrder.Kind, _ instance: Instance, _ server: Server = Server(), _ api: RegistryAPI
    ) -> WriteOrder {
        var order = Recorded.Case(instance: instance, server: server).order(kind)
        order.api = api
        return order
    }
    private let beat = WriteOrder.Kind.beat(light: true, period: .seconds(5))

    @Test(arguments: [RegistryAPI.v1, .v3])
    func `a light beat is the one that is rendered alone, whatever went before it`(_ api: RegistryAPI) {
        var writer = RequestWriter()
        let instance = Recorded.instance()
        var moved = instance
        moved.cluster = "B"
        let other = Server(host: "10.0.0.9", contextPath: "")
        let foreign = Recorded.instance("订单 &ip=6.6.6.6", namespace: "n&", group: "g@@h")
        for (kind, instance, server) in [
            (beat, instance, Server()), (beat, instance, Server()), (beat, moved, Server()), (beat, moved, other),
            (beat, foreign, other), (beat, Recorded.instance("s", group: "g"), other), (beat, instance, Server()),
            (.register, instance, other), (beat, instance, Server()), (.deregister, instance, Server()),
            (.beat(light: false, period: .seconds(5)), moved, other), (beat, instance, other),
        ] {
            let order = order(kind, instance, server, api)
            #expect(writer.bytes(of: order) == Wire.request(order))
        }
    }

    @Test func `what is written goes behind what was there`() {
        var writer = RequestWriter()
        var bytes: [UInt8] = []
        let orders = ["a", "b"].map { order(beat, Recorded.instance($0), Server(), .v1) }
        for order in orders { writer.append(order, to: &bytes) }
        #expect(bytes == orders.flatMap(Wire.request))
    }
}
