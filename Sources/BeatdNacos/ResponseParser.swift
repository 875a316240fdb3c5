/// Reads answers from a stream of bytes, in whatever pieces they come (RFC 9112).
package struct ResponseParser {
    /// A head that is longer is no registry's.
    static let longestHead = 16 << 10
    /// A beat's answer has 64 bytes; nobody needs more of a page than this.
    static let longestBody = 256 << 10

    private enum Framing {
        case head
        case length(Int)
        case chunks, untilEnd
    }
    private enum Chunk {
        case size
        case data(Int)
        case end, trailers
    }

    private var waiting: [UInt8] = []
    private var framing = Framing.head
    private var chunk = Chunk.size
    private var response = HTTPResponse(status: 0, body: [], closes: false)

    package init() {}

    /// Whether bytes of an unfinished answer came.
    package var hasBegun: Bool {
        if case .head = framing { return !waiting.isEmpty }
        return true
    }

    package mutating func take(_ bytes: some Sequence<UInt8>) { waiting += bytes }

    /// The next whole answer; nil until more bytes come.
    package mutating func next() throws(HTTPGarbage) -> HTTPResponse? {
        while true {
            switch framing {
            case .head:
                guard let head = try takeHead() else { return nil }
                try begin(head)
                if case .head = framing { continue }  // a 1xx, which another answer follows
            case .length(let missing):
                take(body: missing)
                let left = missing - min(missing, taken)
                framing = .length(left)
                if left == 0 { return finish() }
                return nil
            case .chunks:
                guard try takeChunk() else { return nil }
                return finish()
            case .untilEnd:
                take(body: waiting.count)
                guard response.body.count <= Self.longestBody else { throw Self.tooLong }
                return nil
            }
        }
    }

    /// The peer ended the stream: an answer without a length is whole by that.
    package mutating func end() -> HTTPResponse? {
        guard case .untilEnd = framing else { return nil }
        return finish()
    }

    // MARK: Head

    private mutating func takeHead() throws(HTTPGarbage) -> [Substring]? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard waiting.starts(with: Array("HTTP/1.".utf8).prefix(waiting.count)) else {
            throw HTTPGarbage(sentence: "what came is no HTTP answer")
        }
        guard let start = waiting.indices.first(where: { waiting[$0...].starts(with: end) }) else {
            guard waiting.count <= Self.longestHead else { throw HTTPGarbage(sentence: "a head longer than 16 KiB") }
            return nil
        }
        guard start <= Self.longestHead else { throw HTTPGarbage(sentence: "a head longer than 16 KiB") }
        let text = String(decoding: waiting[..<start], as: UTF8.self)
        waiting.removeFirst(start + 4)
        return text.split(separator: "\r\n", omittingEmptySubsequences: false)
    }

    private mutating func begin(_ lines: [Substring]) throws(HTTPGarbage) {
        let words = (lines.first ?? "").split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[1].count == 3, let status = Int(words[1]), status >= 100 else {
            throw HTTPGarbage(sentence: "a status line that is none")
        }
        response = HTTPResponse(status: status, body: [], closes: words[0] == "HTTP/1.0")
        var length: Int?
        var isChunked = false
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw HTTPGarbage(sentence: "a header without a colon") }
            let value = line[line.index(after: colon)...].filter { !$0.isWhitespace }.lowercased()
            switch line[..<colon].lowercased() {
            case "content-length":
                guard let number = Int(value), number >= 0, value.allSatisfy(\.isNumber), length ?? number == number
                else {
                    throw HTTPGarbage(sentence: "a content length that is none")
                }
                length = number
            case "transfer-encoding":
                guard value == "chunked" else { throw HTTPGarbage(sentence: "a transfer coding other than chunked") }
                isChunked = true
            case "connection":
                if value.split(separator: ",").contains("close") { response.closes = true }
            default: continue
            }
        }
        try frame(status, length, isChunked)
    }

    private mutating func frame(_ status: Int, _ length: Int?, _ isChunked: Bool) throws(HTTPGarbage) {
        if (100..<200).contains(status) { return }
        if status == 204 || status == 304 {
            framing = .length(0)
        } else if isChunked {
            guard length == nil else { throw HTTPGarbage(sentence: "both a content length and chunks") }
            framing = .chunks
            chunk = .size
        } else if let length {
            guard length <= Self.longestBody else { throw Self.tooLong }
            framing = .length(length)
        } else {
            response.closes = true
            framing = .untilEnd
        }
    }

    // MARK: Body

    private static let tooLong = HTTPGarbage(sentence: "a body longer than 256 KiB")
    /// How many bytes the last `take(body:)` moved.
    private var taken = 0

    private mutating func take(body most: Int) {
        taken = min(most, waiting.count)
        response.body += waiting.prefix(taken)
        waiting.removeFirst(taken)
    }

    private mutating func takeLine() throws(HTTPGarbage) -> String? {
        guard let end = waiting.indices.first(where: { waiting[$0...].starts(with: [13, 10]) }) else {
            guard waiting.count <= Self.longestHead else {
                throw HTTPGarbage(sentence: "a chunk's line without an end")
            }
            return nil
        }
        let line = String(decoding: waiting[..<end], as: UTF8.self)
        waiting.removeFirst(end + 2)
        return line
    }

    /// Whether the last chunk and the trailers came.
    private mutating func takeChunk() throws(HTTPGarbage) -> Bool {
        while true {
            switch chunk {
            case .size:
                guard let line = try takeLine() else { return false }
                let digits = line.prefix { $0 != ";" }.filter { !$0.isWhitespace }
                guard digits.count <= 8, digits.allSatisfy(\.isHexDigit), let size = Int(digits, radix: 16) else {
                    throw HTTPGarbage(sentence: "a chunk without a size")
                }
                guard response.body.count + size <= Self.longestBody else { throw Self.tooLong }
                chunk = size == 0 ? .trailers : .data(size)
            case .data(let missing):
                take(body: missing)
                guard taken == missing else {
                    chunk = .data(missing - taken)
                    return false
                }
                chunk = .end
            case .end:
                guard let line = try takeLine() else { return false }
                guard line.isEmpty else { throw HTTPGarbage(sentence: "a chunk longer than its size") }
                chunk = .size
            case .trailers:
                guard let line = try takeLine() else { return false }
                if line.isEmpty { return true }
            }
        }
    }

    private mutating func finish() -> HTTPResponse {
        framing = .head
        return response
    }
}
