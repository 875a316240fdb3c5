internal import BeatdCore

/// What Nacos takes as a name, checked here so that a refusal comes with file and line and not from the server.
///
/// The stricter of the 2.x server's parameter filter and instance check (ParamCheckRule, NamingUtils @ 2.5.1), less what
/// only a 1.4 server refuses.
enum NacosNames {
    /// 512 characters, no white space, nothing Chinese, no `@@`, no `@` in front.
    static func service(_ section: Section) throws(InputError) -> String {
        _ = try section.required("service")
        let text = try section.text("service", limit: 2048) ?? ""
        let name = section.name("service")
        guard text.utf16.count <= 512 else {
            throw section.error("service", "'\(name)' has \(text.utf16.count) characters; Nacos takes at most 512")
        }
        let odd = text.unicodeScalars.first { $0.properties.isWhitespace || isChinese($0) }
        if let odd {
            let kind = isChinese(odd) ? "Chinese characters" : "white space"
            throw section.error("service", "'\(name)' is \(shown(text)); Nacos takes no \(kind) in it")
        }
        guard !text.hasPrefix("@"), !text.contains("@@") else {
            throw section.error(
                "service",
                "'\(name)' is \(shown(text)); Nacos takes no '@' in front and no '@@' in it (the group has its own key)"
            )
        }
        return text
    }

    static func group(_ section: Section) throws(InputError) -> String? {
        try checked(section, "group", limit: 128, "letters, digits, '-', '_', '.' and ':'") {
            isWord($0) || $0 == "-" || $0 == "." || $0 == ":"
        }
    }

    static func namespace(_ section: Section) throws(InputError) -> String? {
        try checked(section, "namespace", limit: 64, "letters, digits, '-' and '_' (it is the id, not the shown name)")
        {
            isWord($0) || $0 == "-"
        }
    }

    /// The filter takes `_`, the instance check behind it doesn't.
    static func cluster(_ section: Section) throws(InputError) -> String? {
        try checked(section, "cluster", limit: 64, "letters, digits and '-'") { (isWord($0) && $0 != "_") || $0 == "-" }
    }

    private static func checked(
        _ section: Section, _ key: String, limit: Int, _ allowed: String, _ isAllowed: (Unicode.Scalar) -> Bool
    ) throws(InputError) -> String? {
        guard let text = try section.text(key) else { return nil }
        guard text.unicodeScalars.allSatisfy(isAllowed) else {
            throw section.error(key, "'\(section.name(key))' is \(shown(text)); Nacos takes \(allowed)")
        }
        guard text.utf8.count <= limit else {
            throw section.error(
                key, "'\(section.name(key))' has \(text.utf8.count) characters; Nacos takes at most \(limit)")
        }
        return text
    }

    /// Java's `\w` without flags.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
    }

    private static func isChinese(_ scalar: Unicode.Scalar) -> Bool { (0x4E00...0x9FA5).contains(scalar.value) }
}

/// Metadata of an instance, as far as Nacos takes it.
enum NacosMetadata {
    /// Keys and values together, in UTF-16 units (`nacos.naming.service.metadata.length`, 2.x).
    static let limit = 1024
    /// Written by beatd from `beat`; Nacos reads them as milliseconds and takes a value like `5s` for 0.
    private static let preserved = [
        "preserved.heart.beat.interval": "beat.interval", "preserved.heart.beat.timeout": "beat.timeout",
        "preserved.ip.delete.timeout": "beat.delete-after",
    ]

    /// Scalars as written; a list, a map or nothing is an error.
    static func decode(_ section: Section) throws(InputError) -> [String: String] {
        guard let value = try section.value("metadata") else { return [:] }
        let name = section.name("metadata")
        guard case .map(let entries) = value.content else {
            throw InputError(value.place, key: name, "'\(name)' is \(value.kind); it must be a map of names and values")
        }
        var metadata: [String: String] = [:]
        for entry in entries {
            let key = "\(name).\(escaped(entry.key))"
            if let own = preserved[entry.key] {
                throw InputError(entry.place, key: key, "'\(key)' is written by beatd; use the key '\(own)'")
            }
            if entry.value.isNull, let slip = entry.slip { throw InputError(entry.place, key: key, slip) }
            guard case .text(let text, _) = entry.value.content, !entry.value.isNull else {
                throw InputError(
                    entry.value.place, key: key,
                    "'\(key)' is \(entry.value.kind); it must be text (\"\" for an empty one)")
            }
            guard !entry.key.isEmpty, !hasControl(entry.key) else {
                throw InputError(entry.place, key: key, "a name in '\(name)' is empty or holds a control character")
            }
            metadata[entry.key] = text
        }
        return metadata
    }

    /// Refuses what is too long together with what `beat` adds.
    static func checkLength(_ metadata: [String: String], in section: Section) throws(InputError) {
        let length = metadata.reduce(0) { $0 + $1.key.utf16.count + $1.value.utf16.count }
        guard length > limit else { return }
        throw section.error(
            "metadata", "'\(section.name("metadata"))' has \(length) characters in all; Nacos takes at most \(limit)")
    }

    private static func hasControl(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
