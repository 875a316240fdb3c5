/// How Nacos reads plain words.
enum Words {
    /// Everything but these is false, `1` too; that is no error.
    static func isTrue(_ text: String) -> Bool { ["true", "yes", "on", "y", "t"].contains(text.lowercased()) }

    static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

    /// As Java writes a double.
    static func number(_ value: Double) -> JSON { value.isNaN ? .string("NaN") : .number("\(value)") }
}
