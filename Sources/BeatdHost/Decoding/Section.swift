internal import BeatdCore
internal import YAML

/// One map of a file, read key by key: every key known, every value of its type and in its range.
struct Section {
    /// `beat`, `probes[0].http`; empty at the top.
    let path: String
    let place: Place
    private let entries: [WrittenValue.Entry]
    /// Whether a key with nothing behind it counts as absent; else it is an error.
    private let emptyIsAbsent: Bool

    /// Takes a map that holds only `known` keys.
    init(_ value: WrittenValue, path: String, known: [String], emptyIsAbsent: Bool = false) throws(InputError) {
        self.path = path
        self.place = value.place
        self.emptyIsAbsent = emptyIsAbsent
        if emptyIsAbsent, value.isNull {
            entries = []
            return
        }
        guard case .map(let entries) = value.content else {
            if path.isEmpty {
                if let advice = value.colonAdvice { throw InputError(value.place, advice) }
                throw InputError(value.place, "the file holds \(value.kind), not a map of keys")
            }
            throw InputError(value.place, key: path, "'\(path)' is \(value.kind); it must be a map of keys")
        }
        self.entries = entries
        for entry in entries where !known.contains(entry.key) {
            throw Self.unknown(entry, in: path, known: known)
        }
    }

    private static func unknown(_ entry: WrittenValue.Entry, in path: String, known: [String]) -> InputError {
        let prefix = path.isEmpty ? "" : "\(path)."
        let sentence =
            entry.slip ?? "unknown key '\(escaped(entry.key))'" + (path.isEmpty ? "" : " in '\(path)'")
            + help(entry.key, in: prefix, known: known)
        return InputError(entry.place, key: prefix + escaped(entry.key), sentence)
    }

    /// What may be meant, or what is known; only what this version obeys is offered without a word.
    private static func help(_ key: String, in prefix: String, known: [String]) -> String {
        if prefix.isEmpty, ConfigurationKeys.top.contains(key) { return "; it belongs into beatd.yaml" }
        if prefix.isEmpty, DescriptorDecoding.keys.contains(key) { return "; it belongs into a descriptor" }
        if let meant = Spelling.nearest(to: key, among: known) {
            let isLater = Later.keys.contains(prefix + meant)
            return "; did you mean '\(meant)'" + (isLater ? ", which comes with a later version of beatd?" : "?")
        }
        let working = known.filter { !Later.keys.contains(prefix + $0) }
        return prefix.isEmpty || working.isEmpty ? "" : "; known here: \(working.joined(separator: ", "))"
    }

    /// The whole path of a key of this map.
    func name(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Where the value of `key` stands; the map's own place where there is none.
    func place(of key: String) -> Place { entries.first { $0.key == key }?.value.place ?? place }

    /// An error about `key`, perhaps only beside another one.
    func error(_ key: String, _ sentence: String, comparedTo other: String? = nil) -> InputError {
        InputError(place(of: key), key: name(key), sentence, compared: other.map(name))
    }

    /// Whether the key stands there at all.
    func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// The value of `key`, nil where it is absent.
    func value(_ key: String) throws(InputError) -> WrittenValue? {
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        guard entry.value.isNull else { return entry.value }
        if emptyIsAbsent { return nil }
        throw InputError(
            entry.value.place, key: name(key), "'\(name(key))' has no value; give it one or remove the key")
    }

    /// The value of a key that must be there.
    func required(_ key: String) throws(InputError) -> WrittenValue {
        guard let value = try value(key) else {
            throw InputError(place, key: name(key), "'\(name(key))' is missing; it is required")
        }
        return value
    }
}

// MARK: Scalars

extension Section {
    /// A text as written, without control characters, neither empty nor longer than `limit` bytes.
    func text(_ key: String, limit: Int = 1024) throws(InputError) -> String? {
        guard let value = try value(key) else { return nil }
        return try Scalar.text(value, name(key), limit: limit)
    }

    /// A whole number within `range`.
    func integer(_ key: String, _ range: ClosedRange<Int>) throws(InputError) -> Int? {
        guard let value = try value(key) else { return nil }
        return try Scalar.integer(value, name(key), range)
    }

    /// A number with or without a fraction.
    func number(_ key: String, _ range: ClosedRange<Int>) throws(InputError) -> Double? {
        guard let value = try value(key) else { return nil }
        return try Scalar.number(value, name(key), range)
    }

    /// `true` or `false`.
    func flag(_ key: String) throws(InputError) -> Bool? {
        guard let value = try value(key) else { return nil }
        return try Scalar.flag(value, name(key))
    }

    /// A duration within `range`.
    func duration(_ key: String, _ range: ClosedRange<Duration>) throws(InputError) -> Duration? {
        guard let value = try value(key) else { return nil }
        return try Scalar.duration(value, name(key), range)
    }

    /// One of a few words.
    func word(_ key: String, _ words: [String]) throws(InputError) -> String? {
        guard let value = try value(key) else { return nil }
        return try Scalar.word(value, name(key), words)
    }

    /// An absolute path.
    func path(_ key: String, limit: Int = 4095) throws(InputError) -> String? {
        guard let value = try value(key) else { return nil }
        return try Scalar.path(value, name(key), limit: limit)
    }
}

extension Section {
    /// A section without keys: a probe in its short form.
    init(empty value: WrittenValue, _ path: String) {
        self.path = path
        self.place = value.place
        entries = []
        emptyIsAbsent = false
    }
}
