/// The metadata map of an instance or a service: strings, or null, in the order in which they were given.
struct Metadata: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var key: String
        var value: String?
    }

    private(set) var entries: [Entry] = []

    static let intervalKey = "preserved.heart.beat.interval"
    static let timeoutKey = "preserved.heart.beat.timeout"
    static let deleteTimeoutKey = "preserved.ip.delete.timeout"

    var isEmpty: Bool { entries.isEmpty }

    /// What 2.x counts against its limit of 1024.
    var length: Int { entries.reduce(0) { $0 + $1.key.utf16.count + ($1.value ?? "").utf16.count } }

    subscript(key: String) -> String? { entries.first { $0.key == key }?.value }

    func contains(_ key: String) -> Bool { entries.contains { $0.key == key } }

    mutating func set(_ key: String, to value: String?) {
        guard let index = entries.firstIndex(where: { $0.key == key }) else {
            return entries.append(Entry(key: key, value: value))
        }
        entries[index].value = value
    }

    /// With everything of the other one on top.
    func merging(_ other: Metadata) -> Metadata {
        var merged = self
        for entry in other.entries { merged.set(entry.key, to: entry.value) }
        return merged
    }

    /// A length in milliseconds, if there is one that is all digits: anything else means the default.
    func milliseconds(_ key: String) -> Int64? {
        guard let text = self[key], !text.isEmpty, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return Int64(text)
    }

    var json: JSON { .object(entries.map { ($0.key, $0.value.map(JSON.string) ?? .null) }) }
}

extension Metadata {
    /// Reads a JSON object of plain values, or `k1=v1,k2=v2`; nil where it is neither.
    ///
    /// Pairs count only where the registry knows that form.
    init?(text: String, pairs: Bool) {
        if let value = JSON(text: text) {
            if case .null = value { return }
            if let metadata = Metadata(json: value) {
                self = metadata
                return
            }
        }
        guard pairs else { return nil }
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=")
            guard sides.count == 2 else { return nil }
            set(String(sides[0]), to: String(sides[1]))
        }
        if entries.isEmpty { return nil }
    }

    init?(json: JSON) {
        guard case .object(let members) = json else { return nil }
        for (key, value) in members {
            switch value {
            case .null: set(key, to: nil)
            case .bool(let flag): set(key, to: flag ? "true" : "false")
            case .number(let text), .string(let text): set(key, to: text)
            case .array, .object: return nil
            }
        }
    }
}
