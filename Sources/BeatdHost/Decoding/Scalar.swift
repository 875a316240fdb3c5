internal import BeatdCore
internal import YAML

/// Reads one written value as a type; `name` is the whole path of its key.
enum Scalar {
    /// What was written, whatever it looks like: `no` is "no", `2.10` is "2.10".
    static func written(_ value: WrittenValue, _ name: String, as wanted: String) throws(InputError) -> String {
        guard case .text(let text, _) = value.content else {
            throw InputError(value.place, key: name, "'\(name)' is \(value.kind); it must be \(wanted)")
        }
        if let scalar = Invisible.first(in: text) {
            throw InputError(
                value.place, key: name,
                "'\(name)' holds an invisible character: \(Invisible.name(of: scalar)); remove it")
        }
        return text
    }

    static func text(_ value: WrittenValue, _ name: String, limit: Int = 1024) throws(InputError) -> String {
        let text = try written(value, name, as: "text")
        guard !text.isEmpty else { throw InputError(value.place, key: name, "'\(name)' is empty") }
        guard text.utf8.count <= limit else {
            throw InputError(
                value.place, key: name, "'\(name)' has \(text.utf8.count) bytes; at most \(limit) are allowed")
        }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw InputError(value.place, key: name, "'\(name)' holds a control character")
        }
        return text
    }

    static func integer(_ value: WrittenValue, _ name: String, _ range: ClosedRange<Int>) throws(InputError) -> Int {
        let wanted = "a whole number, \(range.lowerBound) to \(range.upperBound)"
        let text = try written(value, name, as: wanted)
        // A leading zero is octal to some readers of YAML and decimal to others.
        guard isDecimal(text), text == "0" || !text.hasPrefix("0") else {
            throw InputError(value.place, key: name, "'\(name)' is \(shown(text)); it must be \(wanted)")
        }
        guard let number = Int(text), range.contains(number) else {
            throw InputError(
                value.place, key: name,
                "'\(name)' is \(shown(text)); it must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    static func number(_ value: WrittenValue, _ name: String, _ range: ClosedRange<Int>) throws(InputError) -> Double {
        let wanted = "a number, \(range.lowerBound) to \(range.upperBound)"
        let text = try written(value, name, as: wanted)
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, text.utf8.count <= 24, parts.allSatisfy({ isDecimal(String($0)) }),
            let number = Double(text)
        else { throw InputError(value.place, key: name, "'\(name)' is \(shown(text)); it must be \(wanted)") }
        guard Double(range.lowerBound) <= number, number <= Double(range.upperBound) else {
            throw InputError(
                value.place, key: name,
                "'\(name)' is \(shown(text)); it must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    static func flag(_ value: WrittenValue, _ name: String) throws(InputError) -> Bool {
        switch try written(value, name, as: "true or false") {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        case let text: throw InputError(value.place, key: name, "'\(name)' is \(shown(text)); it must be true or false")
        }
    }

    static func duration(
        _ value: WrittenValue, _ name: String, _ range: ClosedRange<Duration>
    ) throws(InputError) -> Duration {
        let text = try written(value, name, as: "a duration such as 5s")
        switch DurationText(text) {
        case .value(let length):
            guard range.contains(length) else {
                let bounds = "\(DurationText.text(range.lowerBound)) to \(DurationText.text(range.upperBound))"
                throw InputError(value.place, key: name, "'\(name)' is \(escaped(text)); it must be \(bounds)")
            }
            return length
        case .bareNumber:
            throw InputError(
                value.place, key: name,
                "'\(name)' is the bare number \(escaped(text)); a duration needs a unit: \(escaped(text))s or \(escaped(text))ms"
            )
        case .nonsense:
            throw InputError(
                value.place, key: name, "'\(name)' is \(shown(text)), no duration; write it like 500ms, 5s or 1m30s")
        }
    }

    static func word(_ value: WrittenValue, _ name: String, _ words: [String]) throws(InputError) -> String {
        let choice =
            words.count == 1 ? words[0] : words.dropLast().joined(separator: ", ") + " or \(words[words.count - 1])"
        let text = try written(value, name, as: choice)
        guard words.contains(text) else {
            throw InputError(value.place, key: name, "'\(name)' is \(shown(text)); it must be \(choice)")
        }
        return text
    }

    /// An absolute path; `limit` is PATH_MAX less the final zero, or what sun_path holds for a socket.
    static func path(_ value: WrittenValue, _ name: String, limit: Int = 4095) throws(InputError) -> String {
        let text = try text(value, name, limit: limit)
        guard text.hasPrefix("/") else {
            throw InputError(value.place, key: name, "'\(name)' is \(shown(text)); it must be an absolute path")
        }
        return text
    }

    private static func isDecimal(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
