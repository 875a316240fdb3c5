/// How a record looks where it is read.
package enum LogFormat: Sendable {
    /// For people: `10:00:01 notice  Instance changed phase  instance=billing phase=up`.
    case text
    /// One JSON object a line: `at`, `level`, `message` and the fields.
    case json

    /// One line with its end; control characters of files, services and registries never get through.
    package func line(_ record: LogRecord, at time: String) -> String {
        switch self {
        case .text:
            let level = record.level.name + String(repeating: " ", count: 8 - record.level.name.count)
            let fields = record.fields.map { " \($0.key)=\(Self.word($0.value))" }.joined()
            return "\(time) \(level)\(record.message)\(fields.isEmpty ? "" : " ")\(fields)\n"
        case .json:
            let pairs = [("at", time), ("level", record.level.name), ("message", record.message)]
            let all = pairs.map { (key: $0.0, value: LogValue.text($0.1)) } + record.fields
            return "{" + all.map { "\(Self.quoted($0.key)):\(Self.json($0.value))" }.joined(separator: ",") + "}\n"
        }
    }

    /// What a record says in one line without time and level: `Instance changed phase: instance=billing phase=up`.
    package static func summary(_ record: LogRecord) -> String {
        let details = record.fields.map { "\($0.key)=\(word($0.value))" }.joined(separator: " ")
        return details.isEmpty ? record.message : "\(record.message): \(details)"
    }

    private static func json(_ value: LogValue) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .number(let number): String(number)
        }
    }

    private static func word(_ value: LogValue) -> String {
        guard case .text(let value) = value else { return value.description }
        let isPlain =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "\"" && $0 != "=" && !isControl($0) }
        return isPlain ? value : quoted(value)
    }

    private static func quoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\" + String(scalar)
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case _ where isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// C0, DEL, C1; ends of lines and paragraphs; and the marks that turn a terminal's line around (UAX 9).
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: scalar.properties.generalCategory == .control
        }
    }
}
