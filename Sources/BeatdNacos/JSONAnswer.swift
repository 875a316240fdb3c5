/// The fields that beatd reads of an answer in JSON, found without a JSON library: an answer to a beat that brings a new text,
/// and each to a registration, is read so; an answer like the last one isn't read at all (`RememberedAnswer`).
///
/// v1: `{"clientBeatInterval":5000,"code":10200,"lightBeatEnabled":true}`; v3: `{"code":0,"message":"success","data":"ok"}`;
/// in any order, with unknown fields between them.
struct JSONAnswer: Equatable {
    private(set) var interval: Int64?
    private(set) var code: Int64?
    private(set) var lightBeats: Bool?
    /// `message`, where it is text, with its escapes.
    private(set) var message: String?
    /// `data`, where it is text, with its escapes.
    private(set) var detail: String?

    /// nil where the body is no JSON object.
    init?(_ body: [UInt8]) {
        var scanner = Scanner(bytes: body)
        guard scanner.takes(UInt8(ascii: "{")) else { return nil }
        if scanner.takes(UInt8(ascii: "}")) {
            guard scanner.isAtEnd else { return nil }
            return
        }
        repeat {
            guard let name = scanner.string(), scanner.takes(UInt8(ascii: ":")) else { return nil }
            let start = scanner.position
            guard scanner.skipValue(depth: 0) else { return nil }
            take(body.span.extracting(name), body.span.extracting(start..<scanner.position))
        } while scanner.takes(UInt8(ascii: ","))
        guard scanner.takes(UInt8(ascii: "}")), scanner.isAtEnd else { return nil }
    }

    private static let clientBeatInterval = Array("clientBeatInterval".utf8)
    private static let codeName = Array("code".utf8)
    private static let lightBeatEnabled = Array("lightBeatEnabled".utf8)
    private static let messageName = Array("message".utf8)
    private static let dataName = Array("data".utf8)
    private static let truth = Array("true".utf8)

    private mutating func take(_ name: Span<UInt8>, _ value: Span<UInt8>) {
        var start = 0
        while start < value.count, Self.isAround(value[start]) { start += 1 }
        var end = start
        while end < value.count, !Self.isAround(value[end]) { end += 1 }
        let bare = value.extracting(start..<end)
        if name.isSame(as: Self.clientBeatInterval.span) {
            interval = Self.number(bare)
        } else if name.isSame(as: Self.codeName.span) {
            // A code that is no number is an answer we don't know.
            code = Self.number(bare) ?? -1
        } else if name.isSame(as: Self.lightBeatEnabled.span) {
            lightBeats = bare.isSame(as: Self.truth.span)
        } else if name.isSame(as: Self.messageName.span) {
            message = Self.text(value)
        } else if name.isSame(as: Self.dataName.span) {
            detail = Self.text(value)
        }
    }

    private static func text(_ value: Span<UInt8>) -> String? {
        let value = value.extracting(value.trimmed(0..<value.count))
        guard value.count >= 2, value[0] == UInt8(ascii: "\"") else { return nil }
        return String(decoding: (1..<value.count - 1).map { value[$0] }, as: UTF8.self)
    }

    /// Blanks, and quotes: numbers may stand in them, as some gateways write.
    private static func isAround(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || isBlank(byte) }

    /// A number without a fraction, though it may be written with one.
    private static func number(_ text: Span<UInt8>) -> Int64? {
        let isNegative = !text.isEmpty && text[0] == UInt8(ascii: "-")
        if let number = text.extracting(droppingFirst: isNegative ? 1 : 0).number() {
            return Int64(isNegative ? -number : number)
        }
        // Swift reads "0x2p3" and "infinity" as well, JSON (RFC 8259, 6) doesn't.
        let spelled = text.indices.map { text[$0] }
        guard spelled.allSatisfy(isNumeral) else { return nil }
        return Double(String(decoding: spelled, as: UTF8.self)).flatMap { Int64(exactly: $0) }
    }

    private static func isNumeral(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }

    /// Walks over JSON without building anything.
    private struct Scanner {
        let bytes: [UInt8]
        private(set) var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        private mutating func skipBlanks() {
            while position < bytes.count, JSONAnswer.isBlank(bytes[position]) { position += 1 }
        }

        var isAtEnd: Bool { bytes[position...].allSatisfy(JSONAnswer.isBlank) }

        mutating func takes(_ byte: UInt8) -> Bool {
            skipBlanks()
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
            return true
        }

        /// The raw text between the quotes.
        mutating func string() -> Range<Int>? {
            guard takes(UInt8(ascii: "\"")) else { return nil }
            let start = position
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "\""):
                    position += 1
                    return start..<(position - 1)
                case UInt8(ascii: "\\"): position += 2
                default: position += 1
                }
            }
            return nil
        }

        /// Nested at most 32 deep.
        mutating func skipValue(depth: Int) -> Bool {
            skipBlanks()
            guard depth < 32, position < bytes.count else { return false }
            switch bytes[position] {
            case UInt8(ascii: "\""): return string() != nil
            case UInt8(ascii: "{"):
                return skipItems(UInt8(ascii: "}"), depth) { $0.string() != nil && $0.takes(UInt8(ascii: ":")) }
            case UInt8(ascii: "["): return skipItems(UInt8(ascii: "]"), depth) { _ in true }
            default:
                let start = position
                while position < bytes.count, Self.isWord(bytes[position]) { position += 1 }
                return position > start
            }
        }

        private mutating func skipItems(_ end: UInt8, _ depth: Int, _ before: (inout Scanner) -> Bool) -> Bool {
            position += 1
            if takes(end) { return true }
            repeat {
                guard before(&self), skipValue(depth: depth + 1) else { return false }
            } while takes(UInt8(ascii: ","))
            return takes(end)
        }

        private static func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}
