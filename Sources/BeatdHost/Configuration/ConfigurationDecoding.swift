internal import BeatdCore
internal import Log

/// Makes the agent's configuration of its sources, or says what is wrong and where it came from (contract 4).
package enum ConfigurationDecoding {
    /// Decodes and validates every layer; `seed` is where the heart's chance begins.
    package static func decode(_ sources: ConfigurationSources, seed: UInt64) throws(InputError) -> AgentConfiguration {
        var configuration = AgentConfiguration()
        for layer in try sources.layers() { configuration = try decode(layer, seed: seed) }
        configuration.warnings += sources.misspelt()
        return configuration
    }

    /// All that is wrong in sources that `decode` refuses with `first`, at most 10, by lines.
    package static func errors(_ sources: ConfigurationSources, first: InputError) -> [InputError] {
        for layer in (try? sources.layers()) ?? [] {
            do throws(InputError) { _ = try decode(layer, seed: 0) } catch {
                return EveryError.all(in: layer, first: error) { tree throws(InputError) in
                    _ = try decode(tree, seed: 0)
                }
            }
        }
        return [first]
    }

    private static func decode(_ tree: WrittenValue, seed: UInt64) throws(InputError) -> AgentConfiguration {
        let top = try Section(tree, path: "", known: ConfigurationKeys.top, emptyIsAbsent: true)
        var result = AgentConfiguration()
        result.settings.seed = seed
        try registry(top, into: &result)
        try descriptors(top, into: &result)
        try probes(top, into: &result)
        try stop(top, into: &result)
        try ready(top, into: &result)
        try http(top)
        result.stateDirectory = try top.path("state-directory") ?? result.stateDirectory
        // sun_path less the final zero, unix(7).
        result.controlSocket = try top.path("control-socket", limit: 107) ?? result.controlSocket
        if let log = try section(top, "log", ConfigurationKeys.log) {
            let levels = LogLevel.allCases.map(\.name)
            let formats = LogSettings.Format.allCases.map(\.rawValue)
            result.log.level = try log.word("level", levels).flatMap(LogLevel.init(name:)) ?? .info
            result.log.format = try log.word("format", formats).flatMap(LogSettings.Format.init) ?? .automatic
        }
        return result
    }

    static func section(_ top: Section, _ key: String, _ known: [String]) throws(InputError) -> Section? {
        guard let value = try top.value(key) else { return nil }
        return try Section(value, path: top.name(key), known: known, emptyIsAbsent: true)
    }

    private static func descriptors(_ top: Section, into result: inout AgentConfiguration) throws(InputError) {
        if let section = try section(top, "descriptors", ConfigurationKeys.descriptors) {
            result.descriptors.directory = try section.path("directory") ?? result.descriptors.directory
            result.descriptors.settle =
                try section.duration("settle", .milliseconds(10) ... .seconds(10)) ?? result.descriptors.settle
            result.descriptors.rescan =
                try section.duration("rescan", .seconds(1) ... .seconds(3600)) ?? result.descriptors.rescan
            result.descriptors.allowUnsafe = try section.flag("allow-unsafe") ?? false
        }
        guard let value = try top.value("defaults") else { return }
        (result.descriptors.defaults, result.warnings) = try defaults(value)
    }

    /// Validates `defaults` as a descriptor without its required keys, so that a mistake is one of beatd.yaml.
    private static func defaults(_ value: WrittenValue) throws(InputError) -> (DescriptorDefaults, [InputWarning]) {
        let section = try Section(value, path: "defaults", known: DescriptorDecoding.defaultKeys + ["probe"])
        var trial = DecodedDescriptor(
            descriptor: InstanceDescriptor(
                name: "defaults", file: "",
                service: ServiceKey(
                    namespace: try NacosNames.namespace(section) ?? "public",
                    group: try NacosNames.group(section) ?? "DEFAULT_GROUP", service: "defaults"),
                port: 1, probes: []),
            warnings: [])
        try DescriptorDecoding.decodeShared(section, into: &trial)
        var defaults = DescriptorDefaults()
        if let probe = try section.value("probe") {
            let probe = try Section(probe, path: section.name("probe"), known: ProbeDecoding.shared)
            let usual = ProbeDecoding(defaults: ProbeDefaults())
            let spec = try usual.spec(.pidfile(path: "/", executable: nil), probe)
            defaults.probe = ProbeDefaults(
                interval: spec.target.interval,
                timeout: try probe.duration("timeout", ProbeDecoding.timeouts) ?? defaults.probe.timeout,
                rise: spec.rise, fall: spec.fall)
        }
        if case .map(let entries) = value.content {
            let keys = entries.filter { $0.key != "probe" }
            if !keys.isEmpty { defaults.keys = WrittenValue(.map(keys), at: value.place) }
        }
        return (defaults, trial.warnings)
    }

    private static func probes(_ top: Section, into result: inout AgentConfiguration) throws(InputError) {
        guard let section = try section(top, "probes", ConfigurationKeys.probes) else { return }
        if try section.flag("allow-exec") == true {
            throw section.error("allow-exec", Later.sentence("'probes.allow-exec: true'"))
        }
        if try allowsRemote(section) { throw section.error("allow-remote", Later.sentence("'probes.allow-remote'")) }
        result.settings.maxLooksInFlight =
            try section.integer("max-in-flight", 1...4096) ?? result.settings.maxLooksInFlight
    }

    /// `true`, `false`, or a list of networks.
    private static func allowsRemote(_ section: Section) throws(InputError) -> Bool {
        guard let value = try section.value("allow-remote") else { return false }
        let name = section.name("allow-remote")
        var networks = [value]
        if case .list(let values) = value.content { networks = values }
        if networks.count == 1, case .text(let text, _) = networks[0].content, !text.contains("/") {
            return try Scalar.flag(networks[0], name)
        }
        for network in networks {
            let text = try Scalar.text(network, name)
            guard AddressText.isNetwork(text) else {
                throw InputError(
                    network.place, key: name,
                    "'\(name)' holds \(shown(text)); it must be true, false or a list of networks like 10.0.0.0/8")
            }
        }
        return !networks.isEmpty
    }

    private static func stop(_ top: Section, into result: inout AgentConfiguration) throws(InputError) {
        if let word = try top.word("on-stop", ["auto", "deregister", "lapse"]) {
            guard let rule = StopRule(rawValue: word) else {
                throw top.error("on-stop", Later.sentence("'on-stop: \(word)'"))
            }
            result.onStop = rule
        }
        result.stopTimeout =
            try top.duration("stop-timeout", .milliseconds(100) ... .seconds(3600)) ?? result.stopTimeout
    }

    private static func ready(_ top: Section, into result: inout AgentConfiguration) throws(InputError) {
        guard let section = try section(top, "ready", ConfigurationKeys.ready) else { return }
        let word = try section.word("when", ["loaded", "probed", "registered"])
        result.settings.ready.when = word.flatMap(ReadySettings.Moment.init) ?? result.settings.ready.when
        result.settings.ready.timeout =
            try section.duration("timeout", .milliseconds(100) ... .seconds(3600)) ?? result.settings.ready.timeout
    }

    /// There is no page yet: `off` is obeyed, the default says nothing, anything else is refused.
    private static func http(_ top: Section) throws(InputError) {
        guard let section = try section(top, "http", ConfigurationKeys.http),
            let text = try section.text("listen", limit: 255), text != "off"
        else { return }
        let name = section.name("listen")
        guard let split = AddressText.splitPort(text), let port = AddressText.port(split.port),
            split.host == "localhost" || AddressText.canonical(split.host) != nil
        else { throw section.error("listen", "'\(name)' is \(shown(text)); it must be off, or an address and a port") }
        if split.host != "127.0.0.1" && split.host != "localhost" || port != 9328 {
            throw section.error("listen", Later.sentence("'\(name)'"))
        }
    }
}

extension LogLevel {
    fileprivate init?(name: String) {
        guard let level = LogLevel.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }
}
