import BeatdCore
import BeatdNacos
import Testing

@Suite struct ResponseParserTests {
    private static let beat = "{\"clientBeatInterval\":5000,\"code\":10200,\"lightBeatEnabled\":true}"
    /// One after another, with everything that may stand between.
    private static let stream =
        "HTTP/1.1 100 Continue\r\n\r\n"
        + "HTTP/1.1 200 \r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "20;x=y\r\n\(beat.prefix(32))\r\n20 \r\n\(beat.suffix(32))\r\n00\r\nTrailer: 1\r\nOther:\r\n\r\n"
        + "HTTP/1.1 200 \r\ncontent-LENGTH:2\r\nConnection: keep-alive ,\t Close\r\n\r\nok"
        + "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 204\r\n\r\n"
        + "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"
        + "HTTP/1.0 500 Gr\u{fc}\u{fc}n\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n"

    private let expected = [
        HTTPResponse(status: 200, body: Array(beat.utf8), closes: false),
        HTTPResponse(status: 200, body: Array("ok".utf8), closes: true),
        HTTPResponse(status: 204, body: [], closes: false), HTTPResponse(status: 304, body: [], closes: false),
        HTTPResponse(status: 500, body: [], closes: true),
    ]

    private func read(_ pieces: [[UInt8]]) throws -> [HTTPResponse] {
        var parser = ResponseParser()
        var responses: [HTTPResponse] = []
        for piece in pieces {
            parser.take(piece)
            while let response = try parser.next() { responses.append(response) }
        }
        #expect(!parser.hasBegun)
        return responses
    }

    @Test func `answers are the same wherever the stream is cut`() throws {
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count { #expect(try read([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected) }
        #expect(try read(bytes.map { [$0] }) == expected)
    }

    @Test func `an answer that repeats is read as the first one, and a byte of difference is seen`() throws {
        let answer = Array(
            ("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nDate: Sun\r\n\r\n40\r\n" + Self.beat + "\r\n0\r\n\r\n")
                .utf8)
        let response = HTTPResponse(status: 200, body: Array(Self.beat.utf8), closes: false)
        for cut in 0...(answer.count * 3) {
            let stream = answer + answer + answer
            #expect(try read([Array(stream[..<cut]), Array(stream[cut...])]) == [response, response, response])
        }
        for (index, byte) in answer.enumerated() {
            for other in [byte ^ 1, byte ^ 0x20, 0x0d, 0x0a, 0x30] {
                var changed = answer
                changed[index] = other
                #expect(drain([answer, changed, answer]) == [response] + drain([changed, answer]))
                #expect(drain([answer + changed + answer]) == [response] + drain([changed, answer]))
            }
        }
    }

    @Test func `a body without a length ends with the connection`() throws {
        var parser = ResponseParser()
        #expect(parser.end() == nil)
        parser.take(Array("HTTP/1.1 200 OK\r\n\r\no".utf8))
        #expect(try parser.next() == nil)
        parser.take(Array("k".utf8))
        #expect(try parser.next() == nil)
        #expect(parser.end() == HTTPResponse(status: 200, body: Array("ok".utf8), closes: true))
    }

    @Test(arguments: [
        "HTTP/1.1 200 \r\n", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\no",
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
    ]) func `half an answer is none when the connection ends`(_ text: String) throws {
        var parser = ResponseParser()
        parser.take(Array(text.utf8))
        #expect(try parser.next() == nil)
        #expect(parser.hasBegun)
        #expect(parser.end() == nil)
    }

    private static let heads = [
        "SSH-2.0-OpenSSH_9.2\r\n", "\r\n", "HTTP/2 200 \r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 20 \r\n\r\n",
        "HTTP/1.1 2000 \r\n\r\n", "HTTP/1.1 +20 \r\n\r\n", "HTTP/1.1  200 \r\n\r\n", "HTTP/1.11 200 \r\n\r\n",
        "HTTP/1.1\r\n\r\n", "HTTP/1.1 099 \r\n\r\n", "HTTP/1.1 600 \r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 \rOK\r\n\r\n", "HTTP/1.1 200 \u{0}\r\n\r\n",
        String(repeating: "HTTP/1.1 100 \r\n\r\n", count: 9), "HTTP/1.1 200 \r\nno colon\r\n\r\n",
        "HTTP/1.1 200 \r\n: x\r\n\r\n", "HTTP/1.1 200 \r\nA: b\r\n Content-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 \r\nContent-Length : 2\r\n\r\nok", "HTTP/1.1 200 \r\nX: " + String(repeating: "x", count: 20000),
        "HTTP/1.1 200 \r\n" + String(repeating: "X: y\r\n", count: 4000),
    ]
    private static let lengths =
        ["-1", "+1", "1 2", "1, 1", "", "0x1", "\u{664}", "1\r\nContent-Length: 2"].map {
            "HTTP/1.1 200 \r\nContent-Length: \($0)\r\n\r\n"
        }
        + ["99999999999999999999", "999999999999999999", "10485760", "262145"].map {
            "HTTP/1.1 200 \r\nContent-Length: \($0)\r\n\r\n"
        }
    private static let chunks =
        ["gzip", "gzip, chunked", "chunked\r\nTransfer-Encoding: chunked", "chunked\r\nContent-Length: 3", ""].map {
            "HTTP/1.1 200 \r\nTransfer-Encoding: \($0)\r\n\r\n"
        }
        + [
            "xyz\r\n", "\r\n", ";x\r\n", "-1\r\n", "0x1\r\n", "1g\r\n", "ffffffff\r\n", "100000000\r\n",
            "ffffffffffffffffffff\r\n", "40001\r\n", "1\r\nabc\r\n", "1\r\na\n", "1\n", "0\r\n\u{1}",
            "1;" + String(repeating: "x", count: 20000), "0\r\n" + String(repeating: "A: b\r\n", count: 20000),
            String(repeating: "1\r\na\r\n", count: 20000),
        ].map { "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n\($0)" }

    @Test(arguments: heads + lengths + chunks) func `garbage is seen as garbage`(_ text: String) {
        var whole = ResponseParser()
        whole.take(Array(text.utf8))
        #expect(throws: HTTPGarbage.self) { while try whole.next() != nil {} }
        var drop = ResponseParser()
        #expect(throws: HTTPGarbage.self) {
            for byte in text.utf8 {
                drop.take([byte])
                _ = try drop.next()
            }
        }
    }

    @Test(arguments: ["", "Transfer-Encoding: chunked\r\n\r\n3ffff", "Content-Length: 1048576\r\n"])
    func `ten megabytes are refused long before they are read`(_ head: String) {
        var parser = ResponseParser()
        parser.take(Array("HTTP/1.1 200 \r\n\(head)\r\n".utf8))
        var taken = 0
        #expect(throws: HTTPGarbage.self) {
            while taken < 10 << 20 {
                _ = try parser.next()
                parser.take([UInt8](repeating: 65, count: 1 << 16))
                taken += 1 << 16
            }
        }
        #expect(taken < 1 << 20)
    }

    @Test func `random bytes never trap, and say the same in one piece and in many`() {
        var chance = Chance(seed: 11)
        let words = [
            "HTTP/1.1 200 \r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 100 \r\n\r\n",
            "Content-Length: ", "Transfer-Encoding: chunked\r\n", "\r\n", "\r\n\r\n", "5\r\n", "0\r\n\r\n",
            "abcde", "\u{0}", ":", "9", "\n",
            "HTTP/1.1 500 \r\nTransfer-Encoding: chunked\r\n\r\n", ";", "f", "Connection: close\r\n",
        ]
        var answers = 0
        for _ in 0..<4000 {
            let pieces = (0..<12).map { _ in
                Bool.random(using: &chance)
                    ? Array((words.randomElement(using: &chance) ?? "").utf8)
                    : (0..<3).map { _ in UInt8.random(in: 0...255, using: &chance) }
            }
            // The first word decides whether there is anything to read at all.
            let sound = Array((words[Int.random(in: 0...2, using: &chance)]).utf8)
            let many = drain([sound] + pieces)
            #expect(drain([sound + pieces.flatMap { $0 }]) == many)
            #expect(drain((sound + pieces.flatMap { $0 }).map { [$0] }) == many)
            answers += many.count
        }
        #expect(answers > 100)
    }

    /// All answers up to the first garbage.
    private func drain(_ pieces: [[UInt8]]) -> [HTTPResponse] {
        var parser = ResponseParser()
        var responses: [HTTPResponse] = []
        do {
            for piece in pieces {
                parser.take(piece)
                while let response = try parser.next() { responses.append(response) }
            }
        } catch { return responses }
        return responses + [parser.end()].compactMap { $0 }
    }
}
