/// What can be told from the text of an address, without asking anybody.
package enum AddressText {
    /// The one way to write a literal address (RFC 5952 for IPv6, without brackets); nil where it is none.
    package static func canonical(_ text: String) -> String? {
        if let four = four(Substring(text)) { return dotted(four) }
        guard let groups = six(text) else { return nil }
        return written(groups)
    }

    /// Whether somebody could be reached there: not the unspecified address, multicast or broadcast.
    package static func isUsable(_ canonical: String) -> Bool {
        if let four = four(Substring(canonical)) { return four[0] != 0 && four[0] < 224 }
        guard let groups = six(canonical) else { return false }
        return groups.contains { $0 != 0 } && groups[0] >> 8 != 0xff
    }

    /// Whether it stays on this host whatever its interfaces are.
    package static func isLoopback(_ canonical: String) -> Bool { canonical.hasPrefix("127.") || canonical == "::1" }

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

    private static func four(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        let numbers = parts.compactMap { part -> UInt8? in
            let isDecimal = (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            // 010 is octal to some readers.
            return isDecimal && (part == "0" || part.first != "0") ? UInt8(part) : nil
        }
        return numbers.count == 4 ? numbers : nil
    }

    private static func dotted(_ four: [UInt8]) -> String { four.map { "\($0)" }.joined(separator: ".") }

    private static func six(_ text: String) -> [UInt16]? {
        guard text.utf8.count <= 45, text.contains(":") else { return nil }
        let halves = text.components(around: "::")
        guard halves.count <= 2 else { return nil }
        let head = groups(halves[0], last: halves.count == 1)
        guard halves.count == 2 else { return head?.count == 8 ? head : nil }
        guard let head, let tail = groups(halves[1], last: true), head.count + tail.count <= 7 else { return nil }
        return head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// The groups between single colons; the last may be an IPv4 address.
    private static func groups(_ text: Substring, last: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if last, index == parts.count - 1, let four = four(part) {
                groups += [UInt16(four[0]) << 8 | UInt16(four[1]), UInt16(four[2]) << 8 | UInt16(four[3])]
                continue
            }
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHex), let group = UInt16(part, radix: 16)
            else {
                return nil
            }
            groups.append(group)
        }
        return groups
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static func written(_ groups: [UInt16]) -> String {
        if groups[..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xffff {
            return "::ffff:" + dotted([6, 7].flatMap { [UInt8(groups[$0] >> 8), UInt8(groups[$0] & 0xff)] })
        }
        // The longest run of zeros is left out; one group alone is not.
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(1, longest.count) { longest = start..<end }
            start = max(end, start + 1)
        }
        func text(_ groups: ArraySlice<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        guard !longest.isEmpty else { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
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
