/// Finds what else is wrong in a file that was refused: mends what is known, and decodes again (contract 3.6).
struct EveryError {
    /// Of one file; more help nobody.
    static let most = 10
    /// What is only a consequence costs a round, too.
    private static let mostRounds = 40

    /// Keys that a file can't do without.
    private let required: [String]
    private var tree: WrittenValue
    private var found: [InputError]
    /// What was taken out: the map that it stood in, and its name there.
    private var removed: [(path: String, name: String)] = []

    /// All that `decode` finds wrong in `tree`, by lines; `first` it said already.
    static func all(
        in tree: WrittenValue, first: InputError, required: [String] = [],
        decode: (WrittenValue) throws(InputError) -> Void
    ) -> [InputError] {
        var search = EveryError(required: required, tree: tree, found: [first])
        var error = first
        for _ in 0..<mostRounds where search.found.count < most {
            guard search.mend(error) else { break }
            do throws(InputError) {
                try decode(search.tree)
                break
            } catch let next {
                if !search.isConsequence(next) { search.found.append(next) }
                error = next
            }
        }
        return search.found.enumerated().sorted {
            ($0.element.lineNumber, $0.offset) < ($1.element.lineNumber, $1.offset)
        }
        .map(\.element)
    }

    /// Whether it is there only since something else was wrong.
    private func isConsequence(_ error: InputError) -> Bool {
        guard let key = error.key else { return true }
        let known = found.compactMap(\.key)
        if known.contains(key) || error.compared.map(known.contains) == true { return true }
        // Missing, since it was misspelt.
        let (path, name) = Self.split(key)
        return removed.contains { $0.path == path && Spelling.nearest(to: $0.name, among: [name]) != nil }
    }

    private static func split(_ key: String) -> (path: String, name: String) {
        guard let dot = key.lastIndex(of: ".") else { return ("", key) }
        return (String(key[..<dot]), String(key[key.index(after: dot)...]))
    }

    /// Takes out what the error is about, or puts something good in its place; false where that isn't found.
    private mutating func mend(_ error: InputError) -> Bool {
        guard let key = error.key, case .map(var entries) = tree.content else { return false }
        defer { tree.content = .map(entries) }
        guard let index = entries.firstIndex(where: { Self.leads($0, to: key) }) else {
            // A required one is missing.
            guard let good = good(key, at: tree.place) else { return false }
            entries.append(WrittenValue.Entry(key: key, place: tree.place, value: good))
            return true
        }
        let entry = entries[index]
        if entry.key == "probes", case .list(var probes) = entry.value.content, let number = Self.number(in: key),
            probes.indices.contains(number)
        {
            let path = "probes[\(number)]"
            if let rest = Self.without(key, in: probes[number], at: path) {
                removed.append(Self.split(key))
                probes[number] = rest
            } else {
                probes[number] = Self.probe(at: probes[number].place)
            }
            entries[index].value.content = .list(probes)
        } else if key != escaped(entry.key), let rest = Self.without(key, in: entry.value, at: entry.key) {
            removed.append(Self.split(key))
            entries[index].value = rest
        } else if let good = good(entry.key, at: entry.value.place) {
            entries[index].value = good
        } else {
            removed.append(("", entry.key))
            entries.remove(at: index)
        }
        return true
    }

    /// The map without the entry of that path; nil where it has none.
    private static func without(_ key: String, in value: WrittenValue, at path: String) -> WrittenValue? {
        guard case .map(var entries) = value.content else { return nil }
        for (index, entry) in entries.enumerated() {
            let own = "\(path).\(escaped(entry.key))"
            if own == key {
                // A probe without its kind is none.
                if path.hasSuffix("]") { return nil }
                entries.remove(at: index)
            } else if let rest = without(key, in: entry.value, at: own) {
                entries[index].value = rest
            } else {
                continue
            }
            return WrittenValue(.map(entries), at: value.place)
        }
        return nil
    }

    private static func leads(_ entry: WrittenValue.Entry, to key: String) -> Bool {
        let name = escaped(entry.key)
        return key == name || key.hasPrefix(name + ".") || key.hasPrefix(name + "[")
    }

    /// 3 of `probes[3].tcp`.
    private static func number(in key: String) -> Int? {
        guard key.hasPrefix("probes["), let end = key.firstIndex(of: "]") else { return nil }
        return Int(key[..<end].dropFirst("probes[".count))
    }

    /// A good value of a key that a descriptor can't do without.
    private func good(_ key: String, at place: Place) -> WrittenValue? {
        guard required.contains(key) else { return nil }
        return switch key {
        case "service": WrittenValue(.text("a", quoted: false), at: place)
        case "port": WrittenValue(.text("1", quoted: false), at: place)
        case "probes": WrittenValue(.list([Self.probe(at: place)]), at: place)
        default: nil
        }
    }

    private static func probe(at place: Place) -> WrittenValue {
        let path = WrittenValue(.text("/", quoted: false), at: place)
        return WrittenValue(.map([WrittenValue.Entry(key: "pidfile", place: place, value: path)]), at: place)
    }
}

extension InputError {
    fileprivate var lineNumber: Int { if case .line(let line, _) = place { line } else { 0 } }
}
