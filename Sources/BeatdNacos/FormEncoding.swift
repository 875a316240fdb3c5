/// Percent-encoding as Nacos reads it: every byte of UTF-8 that is not unreserved (RFC 3986, 2.3).
///
/// A body or query that isn't encoded strictly loses parameters (`{`, `"`, `@@`: nacos-protocol.md 8.3, 8.4).
enum FormEncoding {
    static func append(_ text: String, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += text.utf8
        // Names and addresses hold nothing else, nearly always: then all of it was one copy.
        var place = start
        while place < bytes.count, isUnreserved(bytes[place]) { place += 1 }
        guard place < bytes.count else { return }
        bytes.removeSubrange(start...)
        for byte in text.utf8 {
            guard !isUnreserved(byte) else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "%"))
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
}
