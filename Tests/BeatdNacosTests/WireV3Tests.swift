import BeatdCore
import BeatdNacos
import Testing

@Suite struct WireV3Tests {
    private static let beat = WriteOrder.Kind.beat(light: true, period: .seconds(5))

    private func text(_ kind: WriteOrder.Kind, _ instance: Instance = Recorded.instance()) -> String {
        let order = WriteOrder(
            id: WriteID(number: 1), kind: kind, instance: instance, server: Recorded.server, api: .v3)
        return String(decoding: Wire.request(order), as: UTF8.self)
    }

    private func lines(_ kind: WriteOrder.Kind, _ instance: Instance = Recorded.instance()) -> [Substring] {
        text(kind, instance).split(separator: "\r\n", omittingEmptySubsequences: false)
    }

    private static let identity =
        "/nacos/v3/client/ns/instance?namespaceId=public&groupName=DEFAULT_GROUP&serviceName=orders&clusterName=DEFAULT"
        + "&ip=10.1.2.3&port=8080"

    @Test func `a request is one line of parameters and no body`() {
        #expect(
            lines(.deregister) == [
                "DELETE \(Self.identity)&ephemeral=true HTTP/1.1", "Host: 10.0.0.5:8848",
                "User-Agent: \(Wire.userAgent)", "Accept: application/json", "Content-Length: 0", "", "",
            ])
    }

    @Test func `a registration says everything of the instance`() {
        let instance = Recorded.instance(weight: 2.5, enabled: false, metadata: ["v": "1"])
        #expect(
            lines(.register, instance)[0] == "POST \(Self.identity)&weight=2.5&enabled=false&healthy=true"
                + "&ephemeral=true&metadata=%7B%22v%22%3A%221%22%7D HTTP/1.1")
    }

    @Test func `every beat is light`() {
        let light = lines(Self.beat)
        #expect(light[0] == "POST \(Self.identity)&heartBeat=true HTTP/1.1")
        #expect(lines(.beat(light: false, period: .seconds(5))) == light)
    }

    @Test func `the service goes without its group, and no value can add a parameter or end a line`() {
        let evil = "a@@b&ip=6.6.6.6\r\nX: y"
        let text = text(.register, Recorded.instance(evil, group: evil, cluster: evil, metadata: [evil: evil]))
        #expect(text.split(separator: "\r\n").count == 5)
        #expect(text.split(separator: "&ip=").count == 2)
        #expect(text.contains("&serviceName=a%40%40b%26ip%3D6.6.6.6%0D%0AX%3A%20y&"))
    }

    @Test func `a rendered beat of one API is not sent in the other`() {
        var writer = RequestWriter()
        let instance = Recorded.instance()
        for api in [RegistryAPI.v1, .v3, .v3, .v1] {
            let order = WriteOrder(
                id: WriteID(number: 1), kind: Self.beat, instance: instance, server: Recorded.server, api: api)
            #expect(writer.bytes(of: order) == Wire.request(order))
        }
    }

    // MARK: Answers, as nacos-3x.md has them

    private func meaning(_ kind: WriteOrder.Kind, _ status: Int, _ body: String) -> Reply {
        Wire.reply(to: kind, .v3, HTTPResponse(status: status, body: Array(body.utf8), closes: false))
    }

    private static let success = "{\"code\":0,\"message\":\"success\",\"data\":\"ok\"}"
    private static let unknown = "{\"code\":21003,\"message\":\"instance not found\",\"data\":null}"

    @Test(arguments: [WriteOrder.Kind.register, beat, .deregister])
    func `success is a yes that asks for no interval`(_ kind: WriteOrder.Kind) {
        #expect(meaning(kind, 200, Self.success) == .accepted(intervalMilliseconds: nil, lightBeats: nil))
    }

    @Test func `21003 to a beat means that the server has forgotten us, to anything else it is odd`() {
        #expect(meaning(Self.beat, 200, Self.unknown) == .notFound)
        #expect(
            meaning(.register, 200, Self.unknown)
                == .refused(status: 200, text: "instance not found", meaning: .invalid))
        #expect(meaning(Self.beat, 404, Self.unknown) == .refused(status: 404, text: "instance not found"))
    }

    @Test(arguments: [
        (200, "", "an empty answer", Refusal.Meaning.broken), (200, "ok", "ok", .broken),
        (200, "{\"code\":30000}", "{\"code\":30000}", .invalid),
        (
            200, "{\"code\":10000,\"message\":\"parameter missing\",\"data\":\"no \\\"ip\\\"\"}",
            "parameter missing: no \"ip\"", .invalid
        ),
        (200, "{\"message\":\"success\"}", "{\"message\":\"success\"}", .broken),
        (400, success, "success: ok", .invalid),
        (500, success, "success: ok", .broken), (200, "{\"code\":\"0x0\"}", "{\"code\":\"0x0\"}", .invalid),
        (503, "{\"message\":\"starting\"}", "starting", .unavailable), (429, "", "an empty answer", .throttled),
    ]) func `anything else is no yes`(_ status: Int, _ body: String, _ text: String, _ means: Refusal.Meaning) {
        for kind in [WriteOrder.Kind.register, Self.beat, .deregister] {
            #expect(meaning(kind, status, body) == .refused(status: status, text: text, meaning: means))
        }
    }
}
