import BeatdCore
import BeatdNacos
import Testing

@Suite struct ResponseParserTests {
    private static let beat = "{\"clientBeatInterval\":5000,\"code\":10200,\"lightBeatEnabled\":true}"
    /// As Nacos 2.5.0 answers: an empty reason, JSON in chunks, text with a length (registries/observed/nacos-1x-2x.md).
    private static let stream =
        "HTTP/1.1 100 Continue\r\n\r\n"
        + "HTTP/1.1 200 \r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n40;x=y\r\n\(beat)\r\n0\r\nTrailer: 1\r\n\r\n"
        + "HTTP/1.1 200 \r\nContent-Type: text/html;charset=UTF-8\r\nContent-Length: 2\r\nConnection: keep-alive, Close\r\n\r\nok"
        + "HTTP/1.1 204 No Content\r\n\r\n"

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

    private let expected = [
        HTTPResponse(status: 200, body: Array(beat.utf8), closes: false),
        HTTPResponse(status: 200, body: Array("ok".utf8), closes: true),
        HTTPResponse(status: 204, body: [], closes: false),
    ]

    @Test func `answers are the same wherever the stream is cut`() throws {
        let bytes = Array(Self.stream.utf8)
        for cut in 0...bytes.count { #expect(try read([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected) }
        #expect(try read(bytes.map { [$0] }) == expected)
    }

    @Test func `a body without a length ends with the connection`() throws {
        var parser = ResponseParser()
        parser.take(Array("HTTP/1.0 200 OK\r\n\r\no".utf8))
        #expect(try parser.next() == nil)
        parser.take(Array("k".utf8))
        #expect(try parser.next() == nil)
        #expect(parser.end() == HTTPResponse(status: 200, body: Array("ok".utf8), closes: true))
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 2000 \r\n\r\n",
        "HTTP/1.1 200 \r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 \r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 \r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 \r\nContent-Length: 10485760\r\n\r\n", "HTTP/1.1 200 \r\nno colon\r\n\r\n",
        "HTTP/1.1 200 \r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n",
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 200 \r\nX: " + String(repeating: "x", count: 20000),
    ]) func `garbage is seen as garbage`(_ text: String) {
        var parser = ResponseParser()
        parser.take(Array(text.utf8))
        #expect(throws: HTTPGarbage.self) { while try parser.next() != nil {} }
    }

    @Test func `ten megabytes are refused long before they are read`() {
        var parser = ResponseParser()
        parser.take(Array("HTTP/1.1 200 \r\n\r\n".utf8))
        var taken = 0
        #expect(throws: HTTPGarbage.self) {
            while taken < 10 << 20 {
                parser.take([UInt8](repeating: 65, count: 1 << 16))
                taken += 1 << 16
                _ = try parser.next()
            }
        }
        #expect(taken < 1 << 20)
    }

    @Test func `random bytes never trap and never make an answer without a status`() {
        var chance = Chance(seed: 11)
        let words = [
            "HTTP/1.1 200 \r\n", "Content-Length: ", "Transfer-Encoding: chunked\r\n", "\r\n", "5\r\n", "0\r\n\r\n",
            "abcde", "\u{0}", ":", "9",
        ]
        for _ in 0..<3000 {
            var parser = ResponseParser()
            for _ in 0..<12 {
                parser.take(Array((words.randomElement(using: &chance) ?? "").utf8))
                guard let response = try? parser.next() else { continue }
                #expect(response.status >= 100)
            }
        }
    }
}
