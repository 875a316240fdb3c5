/// What a request was given in its query and its form, merged: of two values of one name the last counts.
struct Parameters: Sendable {
    private(set) var pairs: [(name: String, value: String)]

    init(_ pairs: [(name: String, value: String)] = []) { self.pairs = pairs }

    /// As it came, blanks and all.
    func raw(_ name: String) -> String? { pairs.last { $0.name == name }?.value }

    /// Trimmed; nil where nothing is left.
    subscript(name: String) -> String? {
        guard let value = raw(name).map(Words.trimmed), !value.isEmpty else { return nil }
        return value
    }

    func required(_ name: String) throws(Refusal) -> String {
        guard let value = self[name] else { throw .missing(name) }
        return value
    }

    mutating func set(_ name: String, to value: String) {
        pairs.removeAll { $0.name == name }
        pairs.append((name, value))
    }

    var json: JSON {
        var members: [(String, JSON)] = []
        for pair in pairs {
            members.removeAll { $0.0 == pair.name }
            members.append((pair.name, .string(pair.value)))
        }
        return .object(members)
    }
}
