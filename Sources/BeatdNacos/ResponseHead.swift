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

    /// Reads the lines of a head, each ended with CR LF, without the empty one that follows.
    init(_ bytes: ArraySlice<UInt8>) throws(HTTPGarbage) {
        var rest = bytes
        let first = Self.line(from: &rest)
        status = try Self.status(first)
        // Whoever speaks 1.0 ends the connection, unless it says otherwise in words that we don't need.
        closes = first.dropFirst(Self.version).first == UInt8(ascii: "0")
        while !rest.isEmpty { try take(Self.line(from: &rest)) }
        try decide()
    }

    private static func line(from rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let end = rest.firstIndex(of: 0x0d) ?? rest.endIndex
        defer { rest = rest[min(end + 2, rest.endIndex)...] }
        return rest[..<end]
    }

    // MARK: Status line

    /// `HTTP/1.`, which the parser has seen.
    private static let version = 7

    /// `HTTP/1.1 200 `, and a reason that may be missing with its blank (Nacos: empty, registries/observed).
    private static func status(_ line: ArraySlice<UInt8>) throws(HTTPGarbage) -> Int {
        let rest = line.dropFirst(version)
        let digits = rest.dropFirst(2).prefix(3)
        guard rest.count >= 5, isDigit(rest[rest.startIndex]), rest[rest.startIndex + 1] == 0x20,
            digits.allSatisfy(isDigit), rest.count == 5 || rest[rest.startIndex + 5] == 0x20
        else { throw HTTPGarbage(sentence: "a status line that is none") }
        let status = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        guard (100..<600).contains(status) else { throw HTTPGarbage(sentence: "a status line that is none") }
        return status
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    // MARK: Headers

    private static let contentLength = Array("content-length".utf8)
    private static let transferEncoding = Array("transfer-encoding".utf8)
    private static let chunked = Array("chunked".utf8)
    private static let connection = Array("connection".utf8)
    private static let close = Array("close".utf8)

    private mutating func take(_ line: ArraySlice<UInt8>) throws(HTTPGarbage) {
        // A folded line begins with a blank; a blank before the colon hides the name from some readers (RFC 9112, 5).
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
            !line[..<colon].contains(where: Self.isBlank)
        else { throw HTTPGarbage(sentence: "a header that is none") }
        let name = line[..<colon]
        let value = Self.trimmed(line[(colon + 1)...])
        if Self.isSame(name, Self.contentLength) {
            guard let number = Self.number(value), length ?? number == number else {
                throw HTTPGarbage(sentence: "a content length that is none")
            }
            length = number
        } else if Self.isSame(name, Self.transferEncoding) {
            guard Self.isSame(value, Self.chunked), !isChunked else {
                throw HTTPGarbage(sentence: "a transfer coding other than chunked")
            }
            isChunked = true
        } else if Self.isSame(name, Self.connection) {
            let words = value.split(separator: UInt8(ascii: ","))
            if words.contains(where: { Self.isSame(Self.trimmed($0), Self.close) }) { closes = true }
        }
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

    private static func number(_ value: ArraySlice<UInt8>) -> Int? {
        guard !value.isEmpty, value.count <= 18, value.allSatisfy(isDigit) else { return nil }
        return value.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var value = value.drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        return value
    }

    /// Without regard to case; `lower` is lowercase ASCII.
    private static func isSame(_ text: ArraySlice<UInt8>, _ lower: [UInt8]) -> Bool {
        guard text.count == lower.count else { return false }
        return text.elementsEqual(lower) { byte, wanted in
            ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte) == wanted
        }
    }
}
