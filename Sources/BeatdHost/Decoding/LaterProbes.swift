internal import BeatdCore

/// Validates the kinds of probe that a later version looks with, so that a wrong value is called wrong today.
enum LaterProbes {
    static func validate(_ entry: WrittenValue.Entry, _ name: String, timing: ProbeDecoding) throws(InputError) {
        let section: Section
        switch entry.key {
        case "http": section = try http(entry.value, name)
        case "unix": section = try unix(entry.value, name)
        case "unit": section = try unit(entry.value, name)
        case "exec": section = try exec(entry.value, name)
        case "grpc": section = try grpc(entry.value, name)
        case "process": section = try process(entry.value, name)
        default: preconditionFailure("a kind of probe that ProbeDecoding knows and LaterProbes doesn't: \(entry.key)")
        }
        // The kind given here is never used: the caller refuses the probe.
        _ = try timing.spec(.pidfile(path: name, executable: nil), section)
    }

    private static func http(_ value: WrittenValue, _ name: String) throws(InputError) -> Section {
        let also = ["method", "headers", "status", "body", "tls"]
        let section = try ProbeDecoding.section(value, name, first: "url", also: also)
        _ = try section.required("url")
        let url = try section.text("url", limit: 2048) ?? ""
        let rest = url.hasPrefix("http://") ? url.dropFirst(7) : url.hasPrefix("https://") ? url.dropFirst(8) : ""
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.isEmpty, !authority.contains("@"),
            !url.unicodeScalars.contains(where: \.properties.isWhitespace)
        else {
            throw section.error(
                "url",
                "'\(section.name("url"))' must be a URL like http://127.0.0.1:9100/healthz, without user and password")
        }
        _ = try section.word("method", ["GET", "HEAD"])
        try headers(section)
        try status(section)
        _ = try section.text("body", limit: 1024)
        if let tls = try section.value("tls") {
            let tls = try Section(tls, path: section.name("tls"), known: ["ca-file", "verify"])
            _ = try tls.path("ca-file")
            _ = try tls.word("verify", ["full", "no-hostname", "none"])
        }
        return section
    }

    /// Values of headers are secrets: no error shows them.
    private static func headers(_ section: Section) throws(InputError) {
        guard let value = try section.value("headers") else { return }
        let name = section.name("headers")
        guard case .map(let entries) = value.content else {
            throw InputError(value.place, key: name, "'\(name)' is \(value.kind); it must be a map of names and values")
        }
        for entry in entries {
            let key = "\(name).\(escaped(entry.key))"
            guard entry.key.utf8.allSatisfy(isTokenByte), !entry.key.isEmpty else {
                throw InputError(entry.place, key: key, "\(shown(entry.key)) in '\(name)' is no name of a header")
            }
            guard case .text(let text, _) = entry.value.content, !entry.value.isNull,
                !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else { throw InputError(entry.value.place, key: key, "'\(key)' must be text on one line") }
        }
    }

    /// RFC 9110 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    private static func status(_ section: Section) throws(InputError) {
        guard let text = try section.text("status") else { return }
        let codes = text.split(separator: "-", omittingEmptySubsequences: false).map {
            $0.utf8.count == 3 ? Int($0) : nil
        }
        let ends = codes.compactMap(\.self)
        guard ends.count == codes.count, (1...2).contains(ends.count), ends.allSatisfy((100...599).contains),
            ends[0] <= ends[ends.count - 1]
        else {
            throw section.error(
                "status", "'\(section.name("status"))' is \(shown(text)); it must be a code or a range like 200-299")
        }
    }

    private static func unix(_ value: WrittenValue, _ name: String) throws(InputError) -> Section {
        let section = try ProbeDecoding.section(value, name, first: "path", also: [])
        _ = try section.required("path")
        _ = try section.path("path", limit: 107)
        return section
    }

    private static func unit(_ value: WrittenValue, _ name: String) throws(InputError) -> Section {
        let section = try ProbeDecoding.section(value, name, first: "name", also: [])
        _ = try section.required("name")
        let unit = try section.text("name", limit: 255) ?? ""
        let isFine = unit.utf8.allSatisfy {
            isTokenByte($0) && !"!#$%&'*+^`|~".utf8.contains($0) || ":@\\".utf8.contains($0)
        }
        guard isFine, !unit.hasSuffix("@"), !unit.contains("@.") else {
            throw section.error(
                "name",
                "'\(section.name("name"))' is \(shown(unit)); it must be the name of one unit, like billing.service")
        }
        return section
    }

    private static func exec(_ value: WrittenValue, _ name: String) throws(InputError) -> Section {
        let section = try ProbeDecoding.section(value, name, first: "command", also: [])
        let command = try section.required("command")
        let key = section.name("command")
        guard case .list(let words) = command.content, let program = words.first else {
            throw InputError(
                command.place, key: key, "'\(key)' must be a list: the program's absolute path, then its arguments")
        }
        _ = try Scalar.path(program, "\(key)[0]")
        for (index, word) in words.enumerated().dropFirst() {
            _ = try Scalar.written(word, "\(key)[\(index)]", as: "text")
        }
        return section
    }

    private static func grpc(_ value: WrittenValue, _ name: String) throws(InputError) -> Section {
        let section = try ProbeDecoding.section(value, name, first: "port", also: ["service"])
        _ = try section.required("port")
        _ = try section.integer("port", 1...65_535)
        _ = try section.text("service", limit: 255)
        return section
    }

    private static func process(_ value: WrittenValue, _ name: String) throws(InputError) -> Section {
        let section = try ProbeDecoding.section(value, name, first: "executable", also: ["arguments"])
        _ = try section.required("executable")
        _ = try ProbeDecoding.executable(section)
        // Intervals explode in regcomp(3).
        if let pattern = try section.text("arguments", limit: 256), pattern.contains("{") {
            throw section.error(
                "arguments",
                "'\(section.name("arguments"))' holds '{'; intervals are not allowed, repeat the expression")
        }
        return section
    }
}
