import BeatdCore

/// Writes JSON (RFC 8259) piece by piece, so that a status of 10,000 instances never stands in memory twice.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether the next member or element needs a comma before it.
    private var needsComma = false

    mutating func object(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) { nest("{", "}", key, body) }
    mutating func array(_ key: String? = nil, _ body: (inout JSONWriter) -> Void) { nest("[", "]", key, body) }

    /// Begins an object or an array that a later piece ends.
    mutating func beginObject(_ key: String? = nil) { open("{", key) }
    mutating func beginArray(_ key: String? = nil) { open("[", key) }
    mutating func endObject() { close("}") }
    mutating func endArray() { close("]") }

    /// Takes what was written since the last time; the next piece goes on behind it.
    mutating func take() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    mutating func text(_ key: String? = nil, _ value: String?) {
        guard let value else { return raw(key, "null") }
        begin(key)
        quote(value)
    }

    mutating func number(_ key: String? = nil, _ value: Int?) { raw(key, value.map(String.init) ?? "null") }
    mutating func flag(_ key: String? = nil, _ value: Bool?) { raw(key, value.map { $0 ? "true" : "false" } ?? "null") }

    /// Seconds to the microsecond, without an exponent.
    mutating func seconds(_ key: String? = nil, _ value: Duration?) {
        guard let value else { return raw(key, "null") }
        let micro = value.nanoseconds / 1000
        let (whole, part) = micro.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var digits = String(part + 1_000_000).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        raw(key, (micro < 0 ? "-" : "") + String(whole) + (digits.isEmpty ? "" : "." + digits))
    }

    private mutating func nest(_ begin: String, _ end: String, _ key: String?, _ body: (inout JSONWriter) -> Void) {
        open(begin, key)
        body(&self)
        close(end)
    }

    private mutating func open(_ text: String, _ key: String?) {
        begin(key)
        bytes += Array(text.utf8)
        needsComma = false
    }

    private mutating func close(_ text: String) {
        bytes += Array(text.utf8)
        needsComma = true
    }

    private mutating func raw(_ key: String?, _ value: String) {
        begin(key)
        bytes += Array(value.utf8)
    }

    private mutating func begin(_ key: String?) {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        if let key {
            quote(key)
            bytes.append(UInt8(ascii: ":"))
        }
        needsComma = true
    }

    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x0a: bytes += Array("\\n".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0..<0x20, 0x7f:
                bytes += Array("\\u00".utf8) + (byte < 16 ? [0x30] : []) + Array(String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
