/// The start of a body, for people.
enum Excerpt {
    /// At most so many characters are shown.
    static let longest = 200

    /// What a terminal would obey or hide becomes a blank, bytes that are no UTF-8 become U+FFFD; an empty body is named.
    static func text(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(longest * 4), as: UTF8.self)
        let shown = text.unicodeScalars.prefix(longest).map { isShown($0) ? $0 : " " }
        return shown.isEmpty ? "an empty answer" : String(String.UnicodeScalarView(shown))
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
