import Testing

@testable import DevRegistry

struct JSONTests {
    @Test(arguments: [
        "null", "true", "[]", "{}", #"{"a":1,"b":[1.50,-2e3],"c":{"d":"\"\\\n"}}"#, #""\u0001é😀""#, "0", "-0.5",
    ])
    func `what is read is written back`(text: String) {
        #expect(JSON(text: text)?.text == text)
    }

    @Test func `escapes become characters`() {
        #expect(JSON(text: #""\u00e9\ud83d\ude00\/\b""#)?.string == "é😀/\u{8}")
    }

    @Test(arguments: [
        "", "hello", "{", "[1,]", "{\"a\"}", "{\"a\":}", "01", "1.", "\"\n\"", "\"\\x\"", "\"\\ud800\"", "[1] 2", "+1",
        "\"abc", "nul", "1e", String(repeating: "[", count: 100),
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(JSON(text: text) == nil)
    }
}
