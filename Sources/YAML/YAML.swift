/// Reads YAML 1.1, and so nearly all of JSON, into nodes with places.
///
/// One document a file; aliases are followed, `<<` is a key like any other, and what libyaml leaves open is decided
/// here: keys are text and stand once, size and depth are bounded.
package enum YAML {
    /// How much a document may be.
    package struct Limits: Sendable {
        /// A file that people write has a few hundred bytes; libyaml may need quadratic time on a hostile one.
        package var bytes = 64 * 1024
        /// Reading recurses, and so does whoever reads the nodes.
        package var depth = 32
        /// An alias counts as all the nodes it stands for, so that ten lines can't become a billion values.
        package var nodes = 20_000

        package init() {}
    }

    /// U+FEFF in UTF-8: editors of Windows put it in front.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The document's node; nil if there is nothing but blanks and comments.
    package static func parse(_ bytes: [UInt8], limits: Limits = Limits()) throws(YAMLError) -> Node? {
        guard bytes.count <= limits.bytes else {
            throw YAMLError("it has \(bytes.count) bytes; at most \(limits.bytes) are read", at: nil)
        }
        let text = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(byteOrderMark.count)) : bytes
        try checkEncoding(text)
        var composer = Composer(reading: try EventReader(text), limits: limits)
        return try composer.document()
    }

    private static func checkEncoding(_ bytes: [UInt8]) throws(YAMLError) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let mark = Mark(ofByte: error.byteOffsets.lowerBound, in: bytes)
            throw YAMLError("these bytes are not UTF-8; save the file as UTF-8", at: mark)
        }
    }
}

extension Mark {
    /// Columns are characters, as libyaml counts them.
    init(ofByte offset: Int, in bytes: [UInt8]) {
        let before = bytes[..<min(offset, bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.init(
            line: before.count { $0 == UInt8(ascii: "\n") } + 1,
            column: before[lineStart...].count { !Self.isContinuation($0) } + 1)
    }

    /// Whether a byte goes on with the character of the one before it, in UTF-8.
    static func isContinuation(_ byte: UInt8) -> Bool { byte & 0b1100_0000 == 0b1000_0000 }
}
