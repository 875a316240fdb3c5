/// Bytes that are text on the wire.
extension Span<UInt8> {
    /// Byte by byte, and without a way out in the loop, so that it takes many bytes in a step.
    func isSame(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in indices { difference |= self[index] ^ other[index] }
        return difference == 0
    }

    /// The same text, whatever blanks, tabs and line ends stand around this one.
    func isSame(butForBlanksAround other: Span<UInt8>) -> Bool {
        var start = 0
        var end = count
        while start < end, isBlank(at: start) || isLineEnd(at: start) { start += 1 }
        while start < end, isBlank(at: end - 1) || isLineEnd(at: end - 1) { end -= 1 }
        return extracting(start..<end).isSame(as: other)
    }

    /// Without regard to case; `lower` is lowercase ASCII.
    func isSame(asLowercase lower: [UInt8]) -> Bool {
        guard count == lower.count else { return false }
        for index in indices {
            let byte = self[index]
            guard ((UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte) == lower[index] else {
                return false
            }
        }
        return true
    }

    /// The first place of that byte.
    func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// A range without the blanks and tabs around it.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isBlank(at: start) { start += 1 }
        while start < end, isBlank(at: end - 1) { end -= 1 }
        return start..<end
    }

    private func isBlank(at index: Int) -> Bool { self[index] == 0x20 || self[index] == 0x09 }

    private func isLineEnd(at index: Int) -> Bool { self[index] == 0x0a || self[index] == 0x0d }

    /// Whether there is a blank or a tab.
    func hasBlank() -> Bool { indices.contains { isBlank(at: $0) } }

    /// A number without a sign, of at most 18 digits.
    func number() -> Int? {
        guard !isEmpty, count <= 18 else { return nil }
        var number = 0
        for index in indices {
            guard let digit = Self.digit(self[index]) else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }
}
