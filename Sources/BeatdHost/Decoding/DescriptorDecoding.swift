package import BeatdCore
internal import Linux

/// Makes a descriptor of one file's bytes, or says in one sentence why not (contract 3).
package struct DescriptorDecoding: Hashable, Sendable {
    /// Of a descriptor and of beatd.yaml.
    package static let largestFile = 64 * 1024

    package var defaults: DescriptorDefaults

    package init(defaults: DescriptorDefaults = DescriptorDefaults()) { self.defaults = defaults }

    /// Decodes and validates one whole file; `name` is NAME of the instance, `file` the file's name for people.
    package func decode(_ bytes: [UInt8], name: String, file: String) throws(InputError) -> DecodedDescriptor {
        guard let written = try WrittenValue(yaml: bytes, file: file) else {
            throw InputError(.file(file), "the file is empty; it needs at least service, port and probes")
        }
        return try decode(written, name: name, file: file)
    }

    /// All that is wrong in a file that `decode` refuses with `first`, at most 10, by lines.
    package func errors(_ bytes: [UInt8], file: String, first: InputError) -> [InputError] {
        guard let written = try? WrittenValue(yaml: bytes, file: file) else { return [first] }
        return EveryError.all(in: written, first: first, required: ["service", "port", "probes"]) {
            tree throws(InputError) in
            _ = try decode(tree, name: "a", file: file)
        }
    }

    private func decode(_ written: WrittenValue, name: String, file: String) throws(InputError) -> DecodedDescriptor {
        let merged = defaults.keys.map { $0.merged(under: written) } ?? written
        let top = try Section(merged, path: "", known: Self.keys)
        var result = DecodedDescriptor(
            descriptor: InstanceDescriptor(
                name: name, file: file,
                service: ServiceKey(
                    namespace: try NacosNames.namespace(top) ?? "public",
                    group: try NacosNames.group(top) ?? "DEFAULT_GROUP", service: try NacosNames.service(top)),
                port: try Self.port(top), probes: []),
            warnings: [])
        try Self.decodeShared(top, into: &result)
        let advertised = (port: result.descriptor.port, address: result.descriptor.address)
        result.descriptor.probes = try ProbeDecoding(defaults: defaults.probe, advertised: advertised).decode(top)
        if case .list(let probes) = try top.required("probes").content { result.probePlaces = probes.map(\.place) }
        return result
    }

    /// The keys of a descriptor.
    static let keys = [
        "service", "port", "group", "namespace", "cluster", "address", "weight", "enabled", "ephemeral", "register",
        "optional", "metadata", "beat", "probes", "warm-up", "restart-grace", "on-down", "drain",
    ]

    /// The keys that `defaults` may hold besides `probe`.
    static let defaultKeys = keys.filter { !["service", "port", "probes"].contains($0) }

    /// Waits are at most this long (contract 3.6).
    static let waits: ClosedRange<Duration> = .zero ... .seconds(3600)

    private static func port(_ top: Section) throws(InputError) -> Int {
        _ = try top.required("port")
        return try top.integer("port", 1...65_535) ?? 0
    }

    /// Everything that a descriptor and `defaults` have in common.
    static func decodeShared(_ top: Section, into result: inout DecodedDescriptor) throws(InputError) {
        result.descriptor.cluster = try NacosNames.cluster(top) ?? "DEFAULT"
        result.descriptor.address = try AddressDecoding.decode(top) ?? .automatic
        result.descriptor.weight = try top.number("weight", 0...10_000) ?? 1
        result.descriptor.enabled = try top.flag("enabled") ?? true
        result.descriptor.metadata = try NacosMetadata.decode(top)
        result.descriptor.beat = try beat(top, warnings: &result.warnings)
        try NacosMetadata.checkLength(
            result.descriptor.metadata.merging(result.descriptor.beat.preservedMetadata) { own, _ in own }, in: top)
        result.descriptor.warmUp = try top.duration("warm-up", waits) ?? .zero
        try refuseLater(top, beat: result.descriptor.beat, warnings: &result.warnings)
    }

    /// Below this, a typo becomes a flood.
    private static let beatTimes: ClosedRange<Duration> = .milliseconds(100) ... .seconds(3600)

    private static func beat(_ top: Section, warnings: inout [InputWarning]) throws(InputError) -> BeatTiming {
        guard let value = try top.value("beat") else { return BeatTiming() }
        let section = try Section(value, path: top.name("beat"), known: ["interval", "timeout", "delete-after"])
        var beat = BeatTiming()
        beat.interval = try section.duration("interval", beatTimes) ?? beat.interval
        beat.timeout = try section.duration("timeout", beatTimes) ?? beat.timeout
        beat.deleteAfter = try section.duration("delete-after", beatTimes) ?? beat.deleteAfter
        func text(_ length: Duration) -> String { DurationText.text(length) }
        guard beat.interval < beat.timeout else {
            throw section.error(
                section.has("interval") ? "interval" : "timeout",
                "'\(section.name("interval"))' is \(text(beat.interval)); it must be shorter than 'timeout' (\(text(beat.timeout)))",
                comparedTo: section.has("interval") ? "timeout" : "interval")
        }
        guard beat.timeout < beat.deleteAfter else {
            throw section.error(
                section.has("timeout") ? "timeout" : "delete-after",
                "'\(section.name("timeout"))' is \(text(beat.timeout)); it must be shorter than "
                    + "'delete-after' (\(text(beat.deleteAfter)))",
                comparedTo: section.has("timeout") ? "delete-after" : "timeout")
        }
        if beat.interval * 3 > beat.timeout {
            warnings.append(
                section.error(
                    "interval",
                    "'\(section.name("interval"))' is more than a third of 'timeout' (\(text(beat.timeout))): "
                        + "one lost beat can make the instance unhealthy"))
        }
        return beat
    }

    /// Validates the keys that a later version obeys, and refuses any value but the default.
    private static func refuseLater(
        _ top: Section, beat: BeatTiming, warnings: inout [InputWarning]
    ) throws(InputError) {
        for (key, usual) in [("ephemeral", true), ("register", true), ("optional", false)] {
            if let flag = try top.flag(key), flag != usual {
                throw top.error(key, Later.sentence("'\(top.name(key)): \(flag)'"))
            }
        }
        if let grace = try top.duration("restart-grace", waits), grace != .zero {
            throw top.error("restart-grace", Later.sentence("'\(top.name("restart-grace"))'"))
        }
        if let mode = try top.word("on-down", ["deregister", "lapse"]), mode != "deregister" {
            throw top.error("on-down", Later.sentence("'\(top.name("on-down")): \(mode)'"))
        }
        guard let value = try top.value("drain") else { return }
        let drain = try Section(value, path: top.name("drain"), known: ["wait", "set-weight-zero"])
        let wait = try drain.duration("wait", waits) ?? .seconds(10)
        let zero = try drain.flag("set-weight-zero") ?? true
        if wait != .seconds(10) || !zero { throw top.error("drain", Later.sentence("'\(top.name("drain"))'")) }
    }
}

/// A good file: what it says, and what is odd about it.
package struct DecodedDescriptor: Hashable, Sendable {
    package var descriptor: InstanceDescriptor
    package var warnings: [InputWarning]
    /// Where each probe stands.
    var probePlaces: [Place] = []

    /// A probe of a literal address that isn't this host's: nobody allowed to ask it (contract 3.6, `allow-remote`).
    package func foreignProbe(in addresses: @autoclosure () -> AddressSet) -> InputError? {
        var known: AddressSet?
        for (index, probe) in descriptor.probes.enumerated() {
            guard case .tcp(let host, _) = probe.target.kind, host != ProbeKind.localhost, !Addresses.isLoopback(host)
            else { continue }
            let own = known ?? addresses()
            known = own
            if own.local.contains(host) { continue }
            let key = "probes[\(index)].tcp"
            return InputError(
                index < probePlaces.count ? probePlaces[index] : .file(descriptor.file), key: key,
                "'\(key)' asks \(host), another host; probing others comes with a later version of beatd "
                    + "(probes.allow-remote), so name an address of this host")
        }
        return nil
    }
}
