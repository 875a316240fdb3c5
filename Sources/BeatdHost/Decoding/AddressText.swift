internal import Linux

/// What can be told from the text of an address, without asking anybody.
package enum AddressText {
    /// The one way to write a literal address, IPv6 without brackets; nil where it is none.
    package static func canonical(_ text: String) -> String? { Addresses.canonical(text) }

    /// Whether somebody could be reached there: not the unspecified address, multicast or broadcast.
    package static func isUsable(_ canonical: String) -> Bool {
        if canonical.contains(":") { return canonical != "::" && !canonical.hasPrefix("ff") }
        guard let first = canonical.split(separator: ".").first.flatMap({ Int($0) }) else { return false }
        return first != 0 && first < 224
    }

    /// Whether it is `address/length`.
    package static func isNetwork(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = canonical(String(parts[0])), parts[1].utf8.count <= 3,
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1])
        else { return false }
        return length <= (address.contains(":") ? 128 : 32)
    }

    /// `host:port` and `[v6]:port`, neither of them judged; nil where there is no port.
    package static func splitPort(_ text: String) -> (host: String, port: String)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        guard isBracketed || !host.contains(where: { ":[]".contains($0) }) else { return nil }
        return (
            isBracketed ? String(host.dropFirst().dropLast()) : String(host), String(text[text.index(after: colon)...])
        )
    }

    /// 1-65535, without a leading zero.
    package static func port(_ text: String) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            text.first != "0",
            let port = Int(text), port <= 65_535
        else { return nil }
        return port
    }

    /// `[::1]` is `::1`.
    package static func unbracketed(_ text: String) -> String {
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    }

    /// Letters, digits and hyphens between dots (RFC 1123), underscores as containers have them; not only digits.
    package static func isHostName(_ text: String) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 253, text.utf8.contains(where: { !(0x30...0x39).contains($0) && $0 != 0x2e }) else {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isHex($0) || "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ-_".utf8.contains($0) }
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}

extension String {
    /// The pieces between occurrences of `mark`.
    func components(around mark: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = self[...]
        search: while true {
            var index = rest.startIndex
            while index < rest.endIndex {
                if rest[index...].hasPrefix(mark) {
                    pieces.append(rest[..<index])
                    rest = rest[index...].dropFirst(mark.count)
                    continue search
                }
                index = rest.index(after: index)
            }
            return pieces + [rest]
        }
    }
}
