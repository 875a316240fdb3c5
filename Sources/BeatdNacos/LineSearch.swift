/// Finds the lines of a head or of chunks, each byte looked at once however the stream is cut.
///
/// A line ends with CR LF. A lone LF or CR, and any other control character but the tab, is garbage: servers and proxies
/// read those in different ways (RFC 9112, 2.2).
struct LineSearch {
    /// A head that is longer is no registry's, and neither is a chunk's line.
    static let longest = 16 << 10

    /// How many bytes were looked at.
    private(set) var searched = 0
    private var lineStart = 0
    private var sawReturn = false

    /// The next whole line as a range of `stream`, of which what follows `start` is as at the first call, or has grown.
    mutating func next(in stream: [UInt8], from start: Int) throws(HTTPGarbage) -> Range<Int>? {
        let bytes = stream.span.extracting(start...)
        let end = min(bytes.count, Self.longest)
        while true {
            if !sawReturn { while searched < end, Self.isText(bytes[searched]) { searched += 1 } }
            guard searched < end else { break }
            let byte = bytes[searched]
            searched += 1
            if sawReturn {
                guard byte == 0x0a else { throw Self.control }
                sawReturn = false
                let line = (start + lineStart)..<(start + searched - 2)
                lineStart = searched
                return line
            }
            guard byte == 0x0d else { throw Self.control }
            sawReturn = true
        }
        guard end == bytes.count else { throw HTTPGarbage(sentence: "a head longer than 16 KiB") }
        return nil
    }

    private static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f || byte == 0x09 }

    private static let control = HTTPGarbage(sentence: "a control character in a head")
}
