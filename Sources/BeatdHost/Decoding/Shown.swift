/// How a value from outside is shown to people: quoted, cut, control characters escaped.
///
/// A number stays as it is, anything else stands in single quotes.
func shown(_ text: String) -> String {
    let number =
        !text.isEmpty && text.utf8.count <= 20 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e }
    return number ? text : "'\(escaped(text))'"
}

/// The text without control characters, cut to `limit` of them.
func escaped(_ text: String, limit: Int = 60) -> String {
    var result = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == limit { return result + "..." }
        switch scalar.properties.generalCategory {
        case .spaceSeparator where scalar != " ":
            result += "\\u{\(String(scalar.value, radix: 16))}"
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            result += "\\u{\(String(scalar.value, radix: 16))}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
