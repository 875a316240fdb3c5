import BeatdCore
import BeatdNacos
import Testing

@Suite struct WireV1Tests {
    private static func kinds(period: Duration = .seconds(5)) -> [String: WriteOrder.Kind] {
        [
            "register": .register, "deregister": .deregister, "light-beat": .beat(light: true, period: period),
            "full-beat": .beat(light: false, period: period),
        ]
    }

    private func order(_ kind: WriteOrder.Kind, _ instance: Instance = Recorded.instance()) -> WriteOrder {
        Recorded.Case(instance: instance, server: Recorded.server).order(kind)
    }

    private func text(_ order: WriteOrder) -> String { String(decoding: WireV1.request(order), as: UTF8.self) }

    @Test(arguments: ["plain", "foreign", "six"])
    func `requests leave byte for byte as recorded: blanks, quotes, Chinese, emoji, IPv6`(_ name: String) throws {
        let golden = try #require(Recorded.cases[name])
        for (kind, order) in Self.kinds(period: .seconds(name == "plain" ? 3 : 5)) {
            let bytes = WireV1.request(golden.order(order))
            let recorded = try Recorded.request("\(kind)-\(name)").replacing("VERSION".utf8, with: Version.current.utf8)
            #expect(bytes == recorded, "\(kind)-\(name)")
        }
    }

    @Test func `one request ends where the next begins`() throws {
        for (kind, order) in Self.kinds() {
            let text = text(self.order(order))
            let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            #expect(parts.count == 2, "\(kind)")
            #expect(parts[0].contains("\r\nContent-Length: \(parts[1].utf8.count)"), "\(kind)")
            #expect(parts[1].isEmpty == (kind != "full-beat"))
        }
    }

    @Test func `no value can end a line or add a parameter`() {
        let evil = "a\r\nX: y\r\n\r\nPUT / HTTP/1.1&ip=6.6.6.6 #?"
        let text = text(
            order(.register, Recorded.instance(evil, group: evil, ip: evil, cluster: evil, metadata: [evil: evil])))
        #expect(text.split(separator: "\r\n").count == 5)
        #expect(text.split(separator: "&ip=").count == 2)
    }

    @Test(arguments: [(1.0, "1.0"), (2.5, "2.5"), (0.0, "0.0"), (1e4, "10000.0"), (0.001, "0.001"), (0.07, "0.07")])
    func `weights are written as Java reads and writes them`(_ weight: Double, _ text: String) {
        let bytes = self.text(order(.register, Recorded.instance(weight: weight)))
        #expect(bytes.contains("&weight=\(text)&"))
    }

    @Test func `control characters in metadata are escaped twice`() {
        let text = text(order(.register, Recorded.instance(metadata: ["k": "\u{0}\u{1f}\u{7f}\u{8}"])))
        #expect(text.contains("&metadata=%7B%22k%22%3A%22%5Cu0000%5Cu001f%5Cu007f%5Cu0008%22%7D "))
    }

    @Test func `the name that beatd gives itself changes nothing in a server`() {
        #expect(!Wire.userAgent.contains("Nacos"))
        #expect(Wire.userAgent.hasPrefix("beatd/"))
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
        (
            "{\"x\":\"\\\"code\\\":20404}\",\"y\":[\"]\",null],\"code\":10200,\"clientBeatInterval\":1}",
            .accepted(intervalMilliseconds: 1, lightBeats: nil)
        ),
        ("{\"clientBeatInterval\":\"4000\",\"code\":10200}", .accepted(intervalMilliseconds: 4000, lightBeats: nil)),
        ("{\"clientBeatInterval\":5000.0,\"code\":10200.0}", .accepted(intervalMilliseconds: 5000, lightBeats: nil)),
        ("{\"clientBeatInterval\":5e3,\"code\":\"10200\"}", .accepted(intervalMilliseconds: 5000, lightBeats: nil)),
        ("{\"clientBeatInterval\":-5,\"code\":10200}", .accepted(intervalMilliseconds: -5, lightBeats: nil)),
        ("{\"clientBeatInterval\":0.5,\"code\":10200}", .accepted(intervalMilliseconds: nil, lightBeats: nil)),
        ("{\"clientBeatInterval\":1e999,\"code\":10200}", .accepted(intervalMilliseconds: nil, lightBeats: nil)),
        ("{\"clientBeatInterval\":null,\"code\":10200}", .accepted(intervalMilliseconds: nil, lightBeats: nil)),
        (
            "{\"clientBeatInterval\":99999999999999999999,\"code\":10200}",
            .accepted(intervalMilliseconds: nil, lightBeats: nil)
        ),
        (
            "{\"clientBeatInterval\":0,\"code\":10200,\"lightBeatEnabled\":\"true\"}",
            .accepted(intervalMilliseconds: 0, lightBeats: true)
        ),
        ("{\"clientBeatInterval\":5000}", .accepted(intervalMilliseconds: 5000, lightBeats: nil)),
        ("{\"clientBeatInterval\":5000,\"code\":20404,\"lightBeatEnabled\":true}", .notFound),
        ("{\"clientBeatInterval\":5000,\"code\":20404}", .notFound),
    ]) func `a beat's answer means`(_ body: String, _ reply: Reply) { #expect(meaning(body) == reply) }

    @Test(arguments: [
        "{\"code\":50000}", "{}", "[]", "hello", "null", "{\"code\":10200", "{\"code\":10200}}", "{\"code\":10200,}",
        "{\"code\":\"x\"}", "{\"code\":\"0x27d8\"}", "{\"code\":null,\"clientBeatInterval\":5000}", "{'code':10200}",
        "{\"lightBeatEnabled\":true}",
        "{\"code\" 10200}", "{\"code\":10200}{\"code\":10200}", "<html>502</html>",
        "{\"a\":" + String(repeating: "[", count: 40),
    ]) func `an odd answer to a beat is no yes`(_ body: String) {
        let isCode = body.contains("\"code\":\"") || body.contains(":null,") || body.contains(":50000")
        #expect(meaning(body) == .refused(status: 200, text: body, meaning: isCode ? .invalid : .broken))
    }

    @Test func `what people are shown of a body is short, on one line, and harmless`() {
        #expect(meaning("") == .refused(status: 200, text: "an empty answer"))
        #expect(meaning("<p>\u{1b}[31m\r\n\u{202e}\u{9b}</p>") == .refused(status: 200, text: "<p> [31m    </p>"))
        let long = String(repeating: "ü", count: 5000)
        #expect(meaning(long) == .refused(status: 200, text: String(long.prefix(200))))
        let wrong = HTTPResponse(status: 500, body: [0x61, 0xff, 0xfe, 0x62], closes: false)
        #expect(WireV1.reply(to: .register, wrong) == .refused(status: 500, text: "a\u{fffd}\u{fffd}b"))
    }

    private func meaning(_ body: String) -> Reply {
        let response = HTTPResponse(status: 200, body: Array(body.utf8), closes: false)
        return WireV1.reply(to: .beat(light: true, period: .seconds(5)), response)
    }

    @Test func `only ok accepts a registration, and every other status refuses`() {
        let ok = HTTPResponse(status: 200, body: Array("ok".utf8), closes: false)
        #expect(WireV1.reply(to: .register, ok) == .accepted(intervalMilliseconds: nil, lightBeats: nil))
        #expect(WireV1.reply(to: .deregister, ok) == .accepted(intervalMilliseconds: nil, lightBeats: nil))
        for text in ["ok\n", " ok", "\r\n\tok \t\r\n"] {
            let blank = HTTPResponse(status: 200, body: Array(text.utf8), closes: false)
            #expect(
                WireV1.reply(to: .register, blank) == .accepted(intervalMilliseconds: nil, lightBeats: nil), "\(text)")
        }
        for text in ["o k", "okay", "OK", "\"ok\"", "ok\u{a0}", " ", "ok\0"] {
            let other = HTTPResponse(status: 200, body: Array(text.utf8), closes: false)
            guard case .refused(let refusal) = WireV1.reply(to: .register, other), refusal.status == 200 else {
                Issue.record("\(text) is taken for ok")
                continue
            }
        }
        for status in [200, 201, 302, 304, 400, 403, 404, 410, 500, 501, 503] {
            let page = HTTPResponse(status: status, body: Array("<html>".utf8), closes: false)
            #expect(WireV1.reply(to: .register, page) == .refused(status: status, text: "<html>"))
            #expect(
                WireV1.reply(to: .beat(light: true, period: .seconds(5)), page)
                    == .refused(status: status, text: "<html>"))
        }
        let empty = HTTPResponse(status: 200, body: [], closes: false)
        #expect(WireV1.reply(to: .deregister, empty) == .refused(status: 200, text: "an empty answer"))
        let created = HTTPResponse(status: 201, body: Array("ok".utf8), closes: false)
        #expect(WireV1.reply(to: .register, created) == .refused(status: 201, text: "ok"))
    }

    @Test func `a redirect names where it leads, harmless for a terminal, and is not followed`() throws {
        var parser = ResponseParser()
        parser.take(
            Array("HTTP/1.1 302 Found\r\nLocation: http://console.example/nacos/\r\nContent-Length: 0\r\n\r\n".utf8))
        let response = try #require(try parser.next())
        guard case .refused(let refusal) = WireV1.reply(to: .register, response) else {
            Issue.record("a redirect is taken for a yes")
            return
        }
        #expect(refusal.meaning == .broken && !refusal.isCertain)
        #expect(
            refusal.sentence == "HTTP 302, a redirect to http://console.example/nacos/, which beatd does not follow")
    }

    /// What an answer to the question about the API decides (contract 4): true, false, or nil for nothing.
    @Test(
        arguments: [
            (200, "{\"hosts\":[]}", true), (200, "ok", true), (400, "caused: no such service;", true),
            (403, "{\"status\":403,\"message\":\"user not found!\"}", true), (404, "{\"status\":404}", false),
            (410, "{\"status\":410}", false), (501, "{\"status\":501,\"message\":\"no such api\"}", false),
            (200, "<html>", nil), (200, "", nil), (302, "", nil), (404, "<html>", nil), (403, "<html>", nil),
            (429, "", nil), (500, "caused: x;", nil), (502, "<html>", nil), (503, "starting", nil),
        ] as [(Int, String, Bool?)])
    func `which API a server has is learnt from its own words alone`(_ status: Int, _ body: String, _ has: Bool?) {
        let response = HTTPResponse(status: status, body: Array(body.utf8), closes: false)
        for reply in [WireV1.reply(to: .inquire, response), WireV3.reply(to: .inquire, response)] {
            switch reply {
            case .accepted: #expect(has == true)
            case .refused(let refusal): #expect(has == (refusal.meaning == .missing ? false : nil))
            case .notFound, .noAnswer, .notSent: Issue.record("\(reply)")
            }
        }
    }
}
