import BeatdCore
import BeatdNacos
import Testing

@Suite struct WireV1Tests {
    private let server = Server(host: "10.0.0.5", port: 8848)

    private func order(_ kind: WriteOrder.Kind, _ instance: Instance) -> WriteOrder {
        WriteOrder(id: WriteID(number: 1), kind: kind, instance: instance, server: server)
    }

    private func instance(
        _ service: String = "orders", group: String = "DEFAULT_GROUP", ip: String = "10.1.2.3",
        cluster: String = "DEFAULT",
        metadata: [String: String] = [:]
    ) -> Instance {
        Instance(
            identity: WireIdentity(
                service: ServiceKey(namespace: "public", group: group, service: service), ip: ip, port: 8080),
            cluster: cluster, metadata: metadata)
    }

    private func text(_ order: WriteOrder) -> String { String(decoding: WireV1.request(order), as: UTF8.self) }

    @Test func `a registration stands wholly in the query, with every value the server could guess wrong`() {
        let text = text(order(.register, instance(metadata: ["v": "1"])))
        #expect(
            text == """
                POST /nacos/v1/ns/instance?namespaceId=public&serviceName=DEFAULT_GROUP%40%40orders&clusterName=DEFAULT&ip=10.1.2.3&port=8080&weight=1.0&enabled=true&healthy=true&ephemeral=true&metadata=%7B%22v%22%3A%221%22%7D HTTP/1.1\r
                Host: 10.0.0.5:8848\r
                User-Agent: beatd/0.1.0\r
                Accept: application/json\r
                Content-Length: 0\r
                \r

                """)
    }

    @Test func `a light beat is identity alone, without a body`() {
        let text = text(order(.beat(light: true, period: .seconds(5)), instance()))
        #expect(
            text.hasPrefix(
                "PUT /nacos/v1/ns/instance/beat?namespaceId=public&serviceName=DEFAULT_GROUP%40%40orders&clusterName=DEFAULT&ip=10.1.2.3&port=8080 HTTP/1.1\r\n"
            ))
        #expect(text.hasSuffix("Content-Length: 0\r\n\r\n"))
    }

    @Test func `a full beat carries the BeatInfo, its service grouped`() {
        let text = text(
            order(.beat(light: false, period: .seconds(5)), instance(group: "G1", cluster: "C1", metadata: ["v": "1"])))
        let body = text.split(separator: "\r\n\r\n", maxSplits: 1)[1]
        #expect(
            body
                == "beat=%7B%22port%22%3A8080%2C%22ip%22%3A%2210.1.2.3%22%2C%22weight%22%3A1.0%2C%22serviceName%22%3A%22G1%40%40orders%22%2C%22cluster%22%3A%22C1%22%2C%22metadata%22%3A%7B%22v%22%3A%221%22%7D%2C%22scheduled%22%3Afalse%2C%22period%22%3A5000%2C%22stopped%22%3Afalse%7D"
        )
        #expect(text.contains("Content-Length: \(body.utf8.count)\r\n"))
        #expect(text.contains("Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n"))
    }

    @Test func `a goodbye names cluster and kind as they were registered`() {
        let text = text(order(.deregister, instance(cluster: "blue")))
        #expect(
            text.hasPrefix(
                "DELETE /nacos/v1/ns/instance?namespaceId=public&serviceName=DEFAULT_GROUP%40%40orders&clusterName=blue&ip=10.1.2.3&port=8080&ephemeral=true HTTP/1.1\r\n"
            ))
    }

    @Test func `every character arrives: blanks, quotes, Chinese, emoji, IPv6`() {
        let metadata = ["名": "值 \"x\"\\", "emoji": "😀", "line": "a\nb&c=d+e%f"]
        let text = text(order(.register, instance("zahlung ü", ip: "2001:db8::1", metadata: metadata)))
        #expect(text.contains("serviceName=DEFAULT_GROUP%40%40zahlung%20%C3%BC&"))
        #expect(text.contains("&ip=2001%3Adb8%3A%3A1&"))
        #expect(text.contains("%22%E5%90%8D%22%3A%22%E5%80%BC%20%5C%22x%5C%22%5C%5C%22"))
        #expect(text.contains("%22emoji%22%3A%22%F0%9F%98%80%22"))
        #expect(text.contains("%22line%22%3A%22a%5Cu000ab%26c%3Dd%2Be%25f%22"))
    }

    @Test(arguments: [
        (
            "{\"clientBeatInterval\":5000,\"code\":10200,\"lightBeatEnabled\":true}",
            Reply.accepted(intervalMilliseconds: 5000, lightBeats: true)
        ),
        (
            "{\"lightBeatEnabled\":false, \"extra\":{\"a\":[1,{}]} ,\"code\":10200,\"clientBeatInterval\":7000}\n",
            .accepted(intervalMilliseconds: 7000, lightBeats: false)
        ),
        ("{\"clientBeatInterval\":\"4000\",\"code\":10200}", .accepted(intervalMilliseconds: 4000, lightBeats: nil)),
        ("{\"clientBeatInterval\":5000.0,\"code\":10200}", .accepted(intervalMilliseconds: 5000, lightBeats: nil)),
        (
            "{\"clientBeatInterval\":0,\"code\":10200,\"lightBeatEnabled\":true}",
            .accepted(intervalMilliseconds: 0, lightBeats: true)
        ),
        ("{\"clientBeatInterval\":5000}", .accepted(intervalMilliseconds: 5000, lightBeats: nil)),
        ("{\"clientBeatInterval\":5000,\"code\":20404,\"lightBeatEnabled\":true}", .notFound),
        ("{\"clientBeatInterval\":5000,\"code\":20404}", .notFound),
        ("{\"code\":50000}", .refused(status: 200, text: "{\"code\":50000}")),
        ("{}", .refused(status: 200, text: "{}")),
        ("[]", .refused(status: 200, text: "[]")),
        ("hello", .refused(status: 200, text: "hello")),
        ("", .refused(status: 200, text: "an empty answer")),
        ("<html>\u{1b}[31m</html>", .refused(status: 200, text: "<html> [31m</html>")),
        ("{\"code\":10200", .refused(status: 200, text: "{\"code\":10200")),
    ]) func `a beat's answer means`(_ body: String, _ reply: Reply) {
        let response = HTTPResponse(status: 200, body: Array(body.utf8), closes: false)
        #expect(WireV1.reply(to: .beat(light: true, period: .seconds(5)), response) == reply)
    }

    @Test func `only ok accepts a registration, and every other status refuses`() {
        let ok = HTTPResponse(status: 200, body: Array("ok".utf8), closes: false)
        #expect(WireV1.reply(to: .register, ok) == .accepted(intervalMilliseconds: nil, lightBeats: nil))
        #expect(WireV1.reply(to: .deregister, ok) == .accepted(intervalMilliseconds: nil, lightBeats: nil))
        for status in [200, 304, 400, 403, 404, 410, 500, 501, 503] {
            let page = HTTPResponse(status: status, body: Array("<html>".utf8), closes: false)
            #expect(WireV1.reply(to: .register, page) == .refused(status: status, text: "<html>"))
            #expect(
                WireV1.reply(to: .beat(light: true, period: .seconds(5)), page)
                    == .refused(status: status, text: "<html>"))
        }
    }
}
