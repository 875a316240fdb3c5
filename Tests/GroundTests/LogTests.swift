import Log
import Testing

@Suite struct LogTests {
    private let record = LogRecord(
        .notice, "Instance changed phase", [("instance", "billing"), ("reason", "process 812 exited")])

    @Test func `for people a record is one line of words`() {
        #expect(
            LogFormat.text.line(record, at: "10:00:01")
                == "10:00:01 notice  Instance changed phase  instance=billing reason=\"process 812 exited\"\n")
        #expect(LogFormat.text.line(LogRecord(.error, "Over"), at: "t") == "t error   Over\n")
    }

    @Test func `for machines a record is one JSON object`() {
        #expect(
            LogFormat.json.line(record, at: "2026-11-23T10:00:01.000Z") == """
                {"at":"2026-11-23T10:00:01.000Z","level":"notice","message":"Instance changed phase",\
                "instance":"billing","reason":"process 812 exited"}

                """)
    }

    @Test func `a number is one for machines, and a word for people`() {
        let record = LogRecord(.notice, "Reloaded", [("refused", .number(2)), ("port", "2")])
        #expect(LogFormat.json.line(record, at: "t").hasSuffix(#","refused":2,"port":"2"}"# + "\n"))
        #expect(LogFormat.text.line(record, at: "t") == "t notice  Reloaded  refused=2 port=2\n")
        #expect(LogFormat.summary(record) == "Reloaded: refused=2 port=2")
    }

    @Test(arguments: [
        ("", #""""#), ("plain", "plain"), ("a b", #""a b""#), ("a=b", #""a=b""#), (#"say "x""#, #""say \"x\"""#),
        ("one\ntwo\tthree", #""one\ntwo\tthree""#), ("\u{1b}[31mred", #""\u001b[31mred""#), ("\r", #""\u000d""#),
        ("\u{7f}", #""\u007f""#), ("\u{85}", #""\u0085""#), ("\u{9b}2J", #""\u009b2J""#), ("\u{0}", #""\u0000""#),
        ("\u{202e}gnp.exe", #""\u202egnp.exe""#), ("\u{200f}x", #""\u200fx""#), ("\u{2028}", #""\u2028""#),
        ("größe", "größe"), ("🙂", "🙂"), (#"C: \x"#, #""C: \\x""#),
    ])
    func `no value breaks its line or reaches the terminal's controls`(value: String, shown: String) {
        let record = LogRecord(.info, "Seen", [("value", .text(value))])
        #expect(LogFormat.text.line(record, at: "t") == "t info    Seen  value=\(shown)\n")
        let quoted = shown.hasPrefix("\"") ? shown : "\"\(shown)\""
        #expect(LogFormat.json.line(record, at: "t").hasSuffix(",\"value\":\(quoted)}\n"))
    }

    @Test func `what matters less than the level is not handed on`() {
        var seen: [LogRecord] = []
        let log = Logger(level: .notice) { seen.append($0) }
        log.debug("one")
        log.info("two")
        log.notice("three", [("key", "value")])
        log.warning("four")
        log.error("five")
        #expect(seen.map(\.message) == ["three", "four", "five"])
        #expect(seen.first?.fields.first?.key == "key")
        #expect(LogLevel.allCases.map(\.rawValue) == [3, 4, 5, 6, 7])
    }
}
