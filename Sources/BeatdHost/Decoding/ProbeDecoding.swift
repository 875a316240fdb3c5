internal import BeatdCore

/// Reads `probes`: in force are `port`, `tcp` and `pidfile`; the other kinds are validated and come later (contract 3.1).
struct ProbeDecoding {
    let defaults: ProbeDefaults
    /// The port and the address that callers are sent to, for a `port` probe that names none.
    var advertised: (port: Int, address: AddressChoice) = (0, .automatic)

    /// At most this many in a file.
    static let limit = 32
    static let kinds = working + ["http", "unix", "unit", "exec", "grpc", "process"]
    private static let working = ["port", "tcp", "pidfile"]
    /// The keys that every kind takes.
    static let shared = ["interval", "timeout", "rise", "fall"]
    static let intervals: ClosedRange<Duration> = .milliseconds(100) ... .seconds(3600)
    static let timeouts: ClosedRange<Duration> = .milliseconds(10) ... .seconds(60)

    func decode(_ top: Section) throws(InputError) -> [ProbeSpec] {
        let value = try top.required("probes")
        guard case .list(let values) = value.content else {
            throw InputError(
                value.place, key: "probes", "'probes' is \(value.kind); it must be a list, such as `- tcp: 9100`")
        }
        guard !values.isEmpty else {
            throw InputError(value.place, key: "probes", "'probes' is empty; at least one is required")
        }
        guard values.count <= Self.limit else {
            throw InputError(
                value.place, key: "probes", "'probes' has \(values.count) elements; at most \(Self.limit) are allowed")
        }
        var probes: [ProbeSpec] = []
        for (index, value) in values.enumerated() { probes.append(try probe(value, "probes[\(index)]")) }
        return probes
    }

    private func probe(_ value: WrittenValue, _ name: String) throws(InputError) -> ProbeSpec {
        guard case .map(let entries) = value.content else {
            if let advice = value.colonAdvice { throw InputError(value.place, key: name, advice) }
            throw InputError(
                value.place, key: name,
                "'\(name)' is \(value.kind); it must be a map with one kind of probe, such as tcp: 9100")
        }
        for entry in entries where !Self.kinds.contains(entry.key) { throw unknownKind(entry, entries, name) }
        guard let entry = entries.first else {
            throw InputError(
                value.place, key: name, "'\(name)' is empty; it must hold one kind of probe, such as tcp: 9100")
        }
        guard entries.count == 1 else {
            throw InputError(
                entries[1].place, key: name,
                "'\(name)' holds \(entries.count) kinds of probe; begin a list element for each")
        }
        return try decode(entry, "\(name).\(entry.key)")
    }

    private func unknownKind(
        _ entry: WrittenValue.Entry, _ entries: [WrittenValue.Entry], _ name: String
    ) -> InputError {
        let key = escaped(entry.key)
        if let slip = entry.slip { return InputError(entry.place, key: "\(name).\(key)", slip) }
        if let kind = entries.first(where: { Self.kinds.contains($0.key) })?.key {
            return InputError(
                entry.place, key: "\(name).\(key)",
                "'\(key)' stands beside '\(kind)'; put it inside: `- \(kind): { ..., \(key): ... }`")
        }
        let meant = Spelling.nearest(to: entry.key, among: Self.kinds)
        let help = meant.map { "did you mean '\($0)'?" } ?? "known are \(Self.working.joined(separator: ", "))"
        return InputError(entry.place, key: "\(name).\(key)", "unknown kind of probe '\(key)' in '\(name)'; \(help)")
    }

    private func decode(_ entry: WrittenValue.Entry, _ name: String) throws(InputError) -> ProbeSpec {
        if entry.value.isNull { throw InputError(entry.value.place, key: name, "'\(name)' has no value") }
        switch entry.key {
        case "port": return try port(entry.value, name)
        case "tcp": return try tcp(entry.value, name)
        case "pidfile": return try pidfile(entry.value, name)
        default:
            try LaterProbes.validate(entry, name, timing: self)
            throw InputError(
                entry.place, key: name, Later.sentence("the probe '\(entry.key)'", instead: "use port, tcp or pidfile"))
        }
    }

    /// What every kind takes, with the defaults where it says nothing.
    func spec(_ kind: ProbeKind, _ section: Section) throws(InputError) -> ProbeSpec {
        let interval = try section.duration("interval", Self.intervals) ?? defaults.interval
        // A time-out that nobody wrote beside the interval shrinks with it.
        let timeout = try section.duration("timeout", Self.timeouts) ?? min(defaults.timeout, interval)
        guard timeout <= interval else {
            throw section.error(
                "timeout",
                "'\(section.name("timeout"))' is \(DurationText.text(timeout)); it must be at most 'interval' "
                    + "(\(DurationText.text(interval)))", comparedTo: "interval")
        }
        return ProbeSpec(
            target: Target(kind: kind, interval: interval, timeout: timeout),
            rise: try section.integer("rise", 1...100) ?? defaults.rise,
            fall: try section.integer("fall", 1...100) ?? defaults.fall)
    }

    /// The long form of a probe; a bare value is that of the kind's `first` key.
    static func section(
        _ value: WrittenValue, _ name: String, first: String, also: [String]
    ) throws(InputError) -> Section {
        var long = value
        if case .map = value.content {
        } else {
            let entry = WrittenValue.Entry(key: first, place: value.place, value: value)
            long = WrittenValue(.map([entry]), at: value.place)
        }
        return try Section(long, path: name, known: [first] + also + shared)
    }

    private func pidfile(_ value: WrittenValue, _ name: String) throws(InputError) -> ProbeSpec {
        let section = try Self.section(value, name, first: "path", also: ["executable"])
        _ = try section.required("path")
        let path = try section.path("path") ?? ""
        return try spec(.pidfile(path: path, executable: try Self.executable(section)), section)
    }

    /// An absolute path, or a name without a slash.
    static func executable(_ section: Section) throws(InputError) -> String? {
        guard let text = try section.text("executable", limit: 4095) else { return nil }
        guard text.hasPrefix("/") || !text.contains("/") else {
            throw section.error(
                "executable",
                "'\(section.name("executable"))' is \(shown(text)); it must be an absolute path or a name without '/'")
        }
        return text
    }

    private func port(_ value: WrittenValue, _ name: String) throws(InputError) -> ProbeSpec {
        let section = try Self.section(value, name, first: "port", also: ["address", "owner"])
        _ = try section.required("port")
        let port = try section.integer("port", 1...65_535) ?? 0
        if let owner = try section.word("owner", ["same", "any"]), owner != "any" {
            throw section.error(
                "owner", Later.sentence("'\(section.name("owner")): \(owner)'", instead: "write any, or leave it out"))
        }
        return try spec(.port(port, on: try address(of: section, port)), section)
    }

    /// Callers come to the advertised port alone: any other may be for this host.
    private func address(of section: Section, _ port: Int) throws(InputError) -> PortAddress {
        guard let text = try section.text("address") else {
            return port == advertised.port ? .advertised(advertised.address) : .any
        }
        if text == "any" { return .any }
        guard let address = AddressText.canonical(text) else {
            throw section.error(
                "address", "'\(section.name("address"))' is \(shown(text)); it must be any or an IP address")
        }
        guard AddressText.isUsable(address) || address == "0.0.0.0" || address == "::" else {
            throw section.error("address", "'\(section.name("address"))' is \(shown(text)); nobody can listen there")
        }
        return .literal(address)
    }

    private func tcp(_ value: WrittenValue, _ name: String) throws(InputError) -> ProbeSpec {
        if case .map = value.content {
            let section = try Section(value, path: name, known: ["host", "port"] + Self.shared)
            _ = try section.required("port")
            let port = try section.integer("port", 1...65_535) ?? 0
            var host = "127.0.0.1"
            if let value = try section.value("host") { host = try Self.host(value, section.name("host")) }
            return try spec(.tcp(host: host, port: port), section)
        }
        let text = try Scalar.written(value, name, as: "a port or host:port")
        let split = AddressText.splitPort(text) ?? (host: "127.0.0.1", port: text)
        guard let port = AddressText.port(split.port) else {
            throw InputError(
                value.place, key: name,
                "'\(name)' is \(shown(text)); it must be a port (1 to 65535), host:port or [v6]:port")
        }
        let host = try Self.host(WrittenValue(.text(split.host, quoted: true), at: value.place), name)
        return try spec(.tcp(host: host, port: port), Section(empty: value, name))
    }

    /// A literal address, or `localhost`.
    ///
    /// Whether it is ours to probe is the look's business.
    private static func host(_ value: WrittenValue, _ name: String) throws(InputError) -> String {
        let text = try Scalar.text(value, name, limit: 255)
        if text.lowercased() == ProbeKind.localhost { return ProbeKind.localhost }
        if let address = AddressText.canonical(text) {
            guard AddressText.isUsable(address) else {
                throw InputError(value.place, key: name, "'\(name)' is \(shown(text)); nobody can be reached there")
            }
            return address
        }
        guard AddressText.isHostName(text) else {
            throw InputError(value.place, key: name, "'\(name)' is \(shown(text)), no IP address")
        }
        throw InputError(
            value.place, key: name,
            Later.sentence("a host name in '\(name)'", instead: "write an IP address or localhost"))
    }
}
