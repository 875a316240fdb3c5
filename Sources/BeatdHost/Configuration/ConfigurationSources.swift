/// Where a configuration comes from; later ones win: the file, the environment, `--set`.
package struct ConfigurationSources: Sendable {
    package struct File: Sendable {
        /// As people know it: its path.
        package var name: String
        package var bytes: [UInt8]

        package init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// nil where there is none: the defaults hold.
    package var file: File?
    package var environment: [String: String]
    /// `--set KEY=VALUE`, in order; of two with one key the later wins.
    package var options: [String]

    package init(file: File? = nil, environment: [String: String] = [:], options: [String] = []) {
        self.file = file
        self.environment = environment
        self.options = options
    }

    /// The tree of each layer over those below it, from the file alone to everything.
    ///
    /// All are decoded, so that a bad value is one wherever it stands, also where a later layer hides it.
    func layers() throws(InputError) -> [WrittenValue] {
        var tree = WrittenValue(.map([]), at: .file(file?.name ?? "beatd.yaml"))
        if let file {
            if let written = try WrittenValue(yaml: file.bytes, file: file.name), !written.isNull { tree = written }
        }
        var layers = [tree]
        for path in ConfigurationKeys.scalars {
            let name = ConfigurationKeys.variable(for: path)
            guard let text = environment[name] else { continue }
            try tree.set(Self.value(text, path, at: .variable(name)), at: path)
        }
        layers.append(tree)
        for option in options {
            let (path, text) = try Self.split(option)
            try tree.set(Self.value(text, path, at: .option(path)), at: path)
        }
        layers.append(tree)
        return layers
    }

    /// Variables that are no key but look as if they were meant to be one.
    func misspelt() -> [InputWarning] {
        let known = ConfigurationKeys.scalars.map { ConfigurationKeys.variable(for: $0) }
        let others: Set = ["BEATD_CONFIG", "BEATD_SHARED"]
        return environment.keys.sorted().compactMap { name in
            guard name.hasPrefix("BEATD_"), !known.contains(name), !others.contains(name),
                let meant = Spelling.nearest(to: name, among: known)
            else { return nil }
            return InputWarning(.variable(name), "no key of beatd.yaml goes by this name; did you mean \(meant)?")
        }
    }

    private static func value(_ text: String, _ path: String, at place: Place) -> WrittenValue {
        guard ConfigurationKeys.lists.contains(path), text.contains(",") else {
            return WrittenValue(.text(text, quoted: true), at: place)
        }
        let elements = text.split(separator: ",", omittingEmptySubsequences: false).map { element in
            WrittenValue(.text(String(element.trimmingSpaces), quoted: true), at: place)
        }
        return WrittenValue(.list(elements), at: place)
    }

    private static func split(_ option: String) throws(InputError) -> (path: String, text: String) {
        guard let equals = option.firstIndex(of: "=") else {
            throw InputError(.option(escaped(option)), "write --set KEY=VALUE, such as --set registry.timeout=2s")
        }
        let path = String(option[..<equals])
        let isKnown =
            ConfigurationKeys.scalars.contains(path)
            || path.hasPrefix("defaults.metadata.") && path.count > "defaults.metadata.".count
        guard isKnown else {
            let meant = Spelling.nearest(to: path, among: ConfigurationKeys.scalars)
            throw InputError(
                .option(escaped(path)), key: escaped(path),
                "unknown key '\(escaped(path))'" + (meant.map { "; did you mean '\($0)'?" } ?? ""))
        }
        return (path, String(option[option.index(after: equals)...]))
    }
}

extension WrittenValue {
    /// Puts `value` at `path`, making the maps on the way where there are none.
    fileprivate mutating func set(_ value: WrittenValue, at path: String) throws(InputError) {
        let metadata = "defaults.metadata."
        // A name in metadata may hold dots of its own.
        let keys =
            path.hasPrefix(metadata)
            ? ["defaults", "metadata", String(path.dropFirst(metadata.count))]
            : path.split(separator: ".").map(String.init)
        self = try setting(value, at: keys[...], path: "")
    }

    private func setting(
        _ value: WrittenValue, at keys: ArraySlice<String>, path: String
    ) throws(InputError) -> WrittenValue {
        guard let key = keys.first else { return value }
        var entries: [Entry] = []
        if case .map(let known) = content {
            entries = known
        } else if !isNull {
            throw InputError(place, key: path.isEmpty ? nil : path, "'\(path)' is \(kind); it must be a map of keys")
        }
        let below = path.isEmpty ? key : "\(path).\(key)"
        let index = entries.firstIndex { $0.key == key } ?? entries.count
        if index == entries.count {
            entries.append(Entry(key: key, place: value.place, value: WrittenValue(.map([]), at: value.place)))
        }
        entries[index].value =
            keys.count == 1 ? value : try entries[index].value.setting(value, at: keys.dropFirst(), path: below)
        entries[index].place = entries[index].value.place
        return WrittenValue(.map(entries), at: place)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var rest = self
        while rest.first == " " { rest = rest.dropFirst() }
        while rest.last == " " { rest = rest.dropLast() }
        return rest
    }
}
