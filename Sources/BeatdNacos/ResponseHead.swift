/// What a status line and its headers say: the status, how the body ends, and whether the connection does.
struct ResponseHead {
    /// How the body ends.
    enum Body: Equatable {
        case none
        case length(Int)
        case chunks, untilEnd
    }

    let status: Int
    private(set) var body = Body.untilEnd
    private(set) var closes: Bool
    private var length: Int?
    private var isChunked = false
    /// Of a redirect.
    private(set) var location: [UInt8]?

    /// Reads the lines of a head, each ended with CR LF, without the empty one that follows.
    init(_ bytes: Span<UInt8>) throws(HTTPGarbage) {
        let first = Self.line(of: bytes, from: 0)
        status = try Self.status(bytes.extracting(first))
        // Whoever speaks 1.0 ends the connection, unless it says otherwise in words that we don't need.
        closes = bytes[Self.version] == UInt8(ascii: "0")
        var start = first.upperBound + 2
        while start < bytes.count {
            let line = Self.line(of: bytes, from: start)
            try take(bytes.extracting(line))
            start = line.upperBound + 2
        }
        try decide()
    }

    private static func line(of bytes: Span<UInt8>, from start: Int) -> Range<Int> {
        start..<(bytes.firstIndex(of: 0x0d, from: start) ?? bytes.count)
    }

    // MARK: Status line

    /// `HTTP/1.`, which the parser has seen.
    private static let version = 7

    /// `HTTP/1.1 200 `, and a reason that may be missing with its blank (Nacos: empty, registries/observed).
    private static func status(_ line: Span<UInt8>) throws(HTTPGarbage) -> Int {
        guard line.count >= version + 5, line.extracting(version..<(version + 1)).number() != nil,
            line[version + 1] == 0x20, let status = line.extracting((version + 2)..<(version + 5)).number(),
            line.count == version + 5 || line[version + 5] == 0x20, (100..<600).contains(status)
        else { throw HTTPGarbage(sentence: "a status line that is none") }
        return status
    }

    // MARK: Headers

    private static let contentLength = Array("content-length".utf8)
    private static let transferEncoding = Array("transfer-encoding".utf8)
    private static let chunked = Array("chunked".utf8)
    private static let connection = Array("connection".utf8)
    private static let close = Array("close".utf8)
    private static let locationName = Array("location".utf8)

    private mutating func take(_ line: Span<UInt8>) throws(HTTPGarbage) {
        // A folded line begins with a blank; a blank before the colon hides the name from some readers (RFC 9112, 5).
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, !line.extracting(first: colon).hasBlank()
        else { throw HTTPGarbage(sentence: "a header that is none") }
        let name = line.extracting(first: colon)
        let value = line.extracting(line.trimmed((colon + 1)..<line.count))
        if name.isSame(asLowercase: Self.contentLength) {
            guard let number = value.number(), length ?? number == number else {
                throw HTTPGarbage(sentence: "a content length that is none")
            }
            length = number
        } else if name.isSame(asLowercase: Self.transferEncoding) {
            guard value.isSame(asLowercase: Self.chunked), !isChunked else {
                throw HTTPGarbage(sentence: "a transfer coding other than chunked")
            }
            isChunked = true
        } else if name.isSame(asLowercase: Self.connection) {
            closes = closes || Self.hasClose(value)
        } else if (300..<400).contains(status), name.isSame(asLowercase: Self.locationName) {
            location = value.indices.map { value[$0] }
        }
    }

    /// In a list of words with commas between them.
    private static func hasClose(_ list: Span<UInt8>) -> Bool {
        var start = 0
        while start < list.count {
            let end = list.firstIndex(of: UInt8(ascii: ","), from: start) ?? list.count
            if list.extracting(list.trimmed(start..<end)).isSame(asLowercase: close) { return true }
            start = end + 1
        }
        return false
    }

    private mutating func decide() throws(HTTPGarbage) {
        guard length == nil || !isChunked else { throw HTTPGarbage(sentence: "both a content length and chunks") }
        if status < 200 || status == 204 || status == 304 {
            body = .none
        } else if isChunked {
            body = .chunks
        } else if let length {
            body = .length(length)
        } else {
            closes = true
        }
    }
}
