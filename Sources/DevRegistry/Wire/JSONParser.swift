/// Reads one JSON text (RFC 8259), with a bound on depth.
struct JSONParser {
    private let bytes: [UInt8]
    private var position = 0

    /// Nothing that Nacos is told is nested deeper.
    private static let deepest = 32

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func parseWhole() -> JSON? {
        guard let value = parseValue(depth: 0) else { return nil }
        skipBlanks()
        return position == bytes.count ? value : nil
    }

    private mutating func parseValue(depth: Int) -> JSON? {
        guard depth < Self.deepest else { return nil }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): return parseObject(depth: depth)
        case UInt8(ascii: "["): return parseArray(depth: depth)
        case UInt8(ascii: "\""): return parseString().map(JSON.string)
        case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return take("null") ? .null : nil
        default: return parseNumber()
        }
    }

    private mutating func parseObject(depth: Int) -> JSON? {
        var members: [(String, JSON)] = []
        position += 1
        skipBlanks()
        if takeByte("}") { return .object(members) }
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\""), let key = parseString() else { return nil }
            skipBlanks()
            guard takeByte(":"), let value = parseValue(depth: depth + 1) else { return nil }
            members.append((key, value))
            skipBlanks()
            if takeByte("}") { return .object(members) }
            guard takeByte(",") else { return nil }
        }
    }

    private mutating func parseArray(depth: Int) -> JSON? {
        var elements: [JSON] = []
        position += 1
        skipBlanks()
        if takeByte("]") { return .array(elements) }
        while true {
            guard let value = parseValue(depth: depth + 1) else { return nil }
            elements.append(value)
            skipBlanks()
            if takeByte("]") { return .array(elements) }
            guard takeByte(",") else { return nil }
        }
    }

    private mutating func parseNumber() -> JSON? {
        let start = position
        _ = takeByte("-")
        let whole = takeDigits()
        guard whole == 1 || whole > 1 && bytes[position - whole] != UInt8(ascii: "0") else { return nil }
        if takeByte("."), takeDigits() == 0 { return nil }
        if takeByte("e") || takeByte("E") {
            if !takeByte("+") { _ = takeByte("-") }
            guard takeDigits() > 0 else { return nil }
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func parseString() -> String? {
        position += 1
        var content: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = parseEscape() else { return nil }
                content += Array(String(Character(scalar)).utf8)
            case 0..<0x20: return nil
            default: content.append(byte)
            }
        }
        return nil
    }

    private mutating func parseEscape() -> Unicode.Scalar? {
        guard let byte = peek else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let first = parseHex() else { return nil }
            guard 0xD800...0xDBFF ~= first else { return Unicode.Scalar(first) }
            guard take("\\u"), let second = parseHex(), 0xDC00...0xDFFF ~= second else { return nil }
            return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        default: return nil
        }
    }

    private mutating func parseHex() -> UInt32? {
        guard position + 4 <= bytes.count else { return nil }
        let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        position += 4
        return digits.utf8.contains(UInt8(ascii: "+")) || digits.utf8.contains(UInt8(ascii: "-"))
            ? nil : UInt32(digits, radix: 16)
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func takeByte(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }

    private mutating func take(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func takeDigits() -> Int {
        let start = position
        while let byte = peek, 0x30...0x39 ~= byte { position += 1 }
        return position - start
    }
}
