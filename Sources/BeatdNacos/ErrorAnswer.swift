/// The words of an answer that is an error in one of Nacos' JSON forms, for people.
///
/// Spring's `{"timestamp":…,"status":403,"error":"Forbidden","message":"user not found!","path":…}`, and v3's
/// `{"code":10000,"message":"parameter missing","data":"…"}` (registries/observed/nacos-3x.md).
enum ErrorAnswer {
    /// The message, and the detail behind it where there is one; nil where the body has no such form.
    static func text(_ body: [UInt8]) -> String? {
        guard let answer = JSONAnswer(body), let message = answer.message else { return nil }
        let words = [message, answer.detail].compactMap(\.self).map(unescaped).joined(separator: ": ")
        return words.isEmpty ? nil : Excerpt.text(Array(words.utf8))
    }

    /// The escapes that messages have (RFC 8259, 7); `\u` stays as it was written.
    private static func unescaped(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in text.unicodeScalars {
            switch (isEscaped, scalar) {
            case (false, "\\"):
                isEscaped = true
                continue
            case (true, "n"), (true, "r"), (true, "t"): shown.append(" ")
            case (true, "u"): shown.append(contentsOf: "\\u".unicodeScalars)
            default: shown.append(scalar)
            }
            isEscaped = false
        }
        return String(shown)
    }
}
