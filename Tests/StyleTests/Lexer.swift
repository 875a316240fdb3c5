/// Splits Swift source into tokens, so that a word in a comment or a string does not count as code.
///
/// Regular-expression literals are not known: the product has none.
struct Lexer {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var tokens: [Token] = []

    static func tokens(of source: String) -> [Token] {
        var lexer = Lexer(bytes: Array(source.utf8))
        lexer.code(insideInterpolation: false)
        return lexer.tokens
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads code to the end, or to the parenthesis that ends an interpolation.
    private mutating func code(insideInterpolation: Bool) {
        var depth = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                advance()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                lineComment()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                blockComment()
            case UInt8(ascii: "\""):
                string(hashes: 0)
            case UInt8(ascii: "#") where hashesBeforeQuote() != nil:
                let hashes = hashesBeforeQuote() ?? 0
                skip(hashes)
                string(hashes: hashes)
            case UInt8(ascii: "`"):
                quoted()
            case _ where Self.isWord(byte):
                word()
            case _ where Self.isOperator(byte):
                operators()
            default:
                depth += byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
                if insideInterpolation, depth < 0 { return }
                take(1, as: .symbol)
            }
        }
    }

    private mutating func word() {
        let isNumber = bytes[index] >= UInt8(ascii: "0") && bytes[index] <= UInt8(ascii: "9")
        var length = 1
        while let byte = peek(length), Self.isWord(byte) { length += 1 }
        take(length, as: isNumber ? .number : .word)
    }

    private mutating func operators() {
        var length = 1
        while let byte = peek(length), Self.isOperator(byte) {
            if byte == UInt8(ascii: "/"), let next = peek(length + 1),
                next == UInt8(ascii: "/") || next == UInt8(ascii: "*")
            {
                break
            }
            length += 1
        }
        take(length, as: .symbol)
    }

    private mutating func quoted() {
        var length = 1
        while let byte = peek(length), byte != UInt8(ascii: "`"), byte != UInt8(ascii: "\n") { length += 1 }
        take(length + 1, as: .quoted)
    }

    private mutating func lineComment() {
        var length = 2
        while let byte = peek(length), byte != UInt8(ascii: "\n") { length += 1 }
        take(length, as: .comment)
    }

    private mutating func blockComment() {
        var length = 2
        var depth = 1
        while depth > 0, let byte = peek(length) {
            if byte == UInt8(ascii: "*"), peek(length + 1) == UInt8(ascii: "/") {
                depth -= 1
                length += 2
            } else if byte == UInt8(ascii: "/"), peek(length + 1) == UInt8(ascii: "*") {
                depth += 1
                length += 2
            } else {
                length += 1
            }
        }
        take(length, as: .comment)
    }

    // MARK: Strings

    /// How many `#` stand before a quotation mark here: the start of a raw string.
    private func hashesBeforeQuote() -> Int? {
        var length = 0
        while peek(length) == UInt8(ascii: "#") { length += 1 }
        return length > 0 && peek(length) == UInt8(ascii: "\"") ? length : nil
    }

    /// Reads one string literal; the index is at its first quotation mark.
    private mutating func string(hashes: Int) {
        let quotes = peek(1) == UInt8(ascii: "\"") && peek(2) == UInt8(ascii: "\"") ? 3 : 1
        skip(quotes)
        var length = 0
        while let byte = peek(length) {
            if byte == UInt8(ascii: "\n"), quotes == 1 { break }
            if byte == UInt8(ascii: "\""), ends(at: length, quotes: quotes, hashes: hashes) {
                take(length, as: .text)
                skip(quotes + hashes)
                return
            }
            guard byte == UInt8(ascii: "\\"), (0..<hashes).allSatisfy({ peek(length + 1 + $0) == UInt8(ascii: "#") })
            else {
                length += 1
                continue
            }
            if peek(length + 1 + hashes) == UInt8(ascii: "(") {
                take(length, as: .text)
                skip(2 + hashes)
                code(insideInterpolation: true)
                skip(1)
                length = 0
            } else {
                length += 2 + hashes
            }
        }
        take(length, as: .text)
    }

    private func ends(at offset: Int, quotes: Int, hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { peek(offset + $0) == UInt8(ascii: "\"") }
            && (0..<hashes).allSatisfy { peek(offset + quotes + $0) == UInt8(ascii: "#") }
    }

    // MARK: Bytes

    private func peek(_ offset: Int = 0) -> UInt8? {
        index + offset < bytes.count ? bytes[index + offset] : nil
    }

    private mutating func advance() {
        guard index < bytes.count else { return }
        if bytes[index] == UInt8(ascii: "\n") { line += 1 }
        index += 1
    }

    private mutating func skip(_ count: Int) {
        for _ in 0..<count { advance() }
    }

    /// Takes that many bytes, or those that are left.
    private mutating func take(_ length: Int, as kind: Token.Kind) {
        let piece = String(decoding: bytes[index...].prefix(length), as: UTF8.self)
        tokens.append(Token(kind: kind, text: piece, line: line))
        skip(length)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...0xFF:
            true
        default:
            false
        }
    }

    private static func isOperator(_ byte: UInt8) -> Bool {
        "/=-+!*%<>&|^~?".utf8.contains(byte)
    }
}
