internal import YAML

/// A value as somebody wrote it, with its place: from YAML, from the environment, from an option.
///
/// Nothing is interpreted yet: `no` is the text "no", `5` the text "5".
package struct WrittenValue: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case text(String, quoted: Bool)
        case list([WrittenValue])
        case map([Entry])
    }

    package struct Entry: Hashable, Sendable {
        package var key: String
        package var place: Place
        package var value: WrittenValue

        /// What a slip of the hand made of a key, with what to do; nil where it is a key.
        var slip: String? {
            if value.isNull, let advice = Diagnosis.colon(in: key) { return escaped(advice, limit: 300) }
            return Invisible.first(in: key).map {
                "the key '\(escaped(key))' holds an invisible character: \(Invisible.name(of: $0)); remove it"
            }
        }
    }

    package var place: Place
    package var content: Content

    package init(_ content: Content, at place: Place) {
        self.content = content
        self.place = place
    }

    /// Nothing after the colon, or one of YAML's words for it.
    var isNull: Bool {
        guard case .text(let text, quoted: false) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What to do where text stands instead of a map, since a blank is missing behind a colon.
    var colonAdvice: String? {
        guard case .text(let text, quoted: false) = content else { return nil }
        return Diagnosis.colon(in: text).map { escaped($0, limit: 300) }
    }

    /// What it is, for an error: "a list".
    var kind: String {
        switch content {
        case .text: isNull ? "nothing" : "text"
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// This value where `over` says nothing: maps merge key by key, everything else is replaced.
    func merged(under over: WrittenValue) -> WrittenValue {
        guard case .map(let base) = content, case .map(let top) = over.content else { return over }
        var entries = top.map { entry in
            guard let below = base.first(where: { $0.key == entry.key }) else { return entry }
            return Entry(key: entry.key, place: entry.place, value: below.value.merged(under: entry.value))
        }
        entries += base.filter { below in !top.contains { $0.key == below.key } }
        return WrittenValue(.map(entries), at: over.place)
    }
}
