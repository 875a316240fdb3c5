import Testing

@testable import BeatdDaemon

@Suite struct JSONWriterTests {
    private func text(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        writer.array(nil, body)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `members and elements are parted by commas, at every depth`() {
        let text = text { list in
            list.object(nil) { json in
                json.number("a", 1)
                json.array("b") { list in
                    list.text(nil, "x")
                    list.flag(nil, true)
                }
                json.text("c", nil)
            }
            list.number(nil, 2)
        }
        #expect(text == "[{\"a\":1,\"b\":[\"x\",true],\"c\":null},2]")
    }

    @Test func `quotes, backslashes and control characters are escaped`() {
        #expect(text { $0.text(nil, "a\"b\\c\n\t\u{1}\u{7f}ü😀") } == "[\"a\\\"b\\\\c\\n\\t\\u0001\\u007fü😀\"]")
    }

    @Test func `durations are seconds to the microsecond, without an exponent`() {
        #expect(text { $0.seconds(nil, .milliseconds(3200)) } == "[3.2]")
        #expect(text { $0.seconds(nil, .microseconds(300)) } == "[0.0003]")
        #expect(text { $0.seconds(nil, .seconds(5)) } == "[5]")
        #expect(text { $0.seconds(nil, .milliseconds(-1500)) } == "[-1.5]")
        #expect(text { $0.seconds(nil, nil) } == "[null]")
    }
}
