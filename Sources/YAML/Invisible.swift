/// Characters that nobody sees and no reader of YAML takes for a blank: they come along with copied text.
package enum Invisible {
    /// The first of them in a text.
    package static func first(in text: some StringProtocol) -> Unicode.Scalar? {
        text.unicodeScalars.first(where: isInvisible)
    }

    /// As people can look it up: `U+00A0 (no-break space)`.
    package static func name(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
        if scalar == "\u{FEFF}" { return "\(number) (byte order mark)" }
        return scalar.properties.name.map { "\(number) (\($0.lowercased()))" } ?? number
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x7F: return false
        // Letters and symbols by their category, and as empty as the others.
        case 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0: return true
        default: return scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
        }
    }
}
