/// What one file says: one instance, how to look at its process, when to speak for it (contract 3).
package struct InstanceDescriptor: Hashable, Sendable {
    private struct Fields: Hashable, Sendable {
        var name: String
        var file: String
        var service: ServiceKey
        var port: Int
        var address: AddressChoice
        var probes: [ProbeSpec]
        var options: Shared<Options>
    }

    /// What is the same in most files: then they hold one reference to it.
    private struct Options: Hashable, Sendable {
        var cluster = "DEFAULT"
        var weight = 1.0
        var enabled = true
        var metadata: [String: String] = [:]
        var beat = BeatTiming()
        @InNanoseconds var warmUp = Duration.zero
        static let usual = Shared(Options())
    }

    /// The task, the folder's view and each set that is told hold the same one.
    private var fields: Shared<Fields>

    /// The file's name without suffix.
    package var name: String {
        get { fields.value.name }
        set { fields.value.name = newValue }
    }
    /// The file's name.
    package var file: String {
        get { fields.value.file }
        set { fields.value.file = newValue }
    }
    package var service: ServiceKey {
        get { fields.value.service }
        set { fields.value.service = newValue }
    }
    /// The advertised port, 1-65535.
    package var port: Int {
        get { fields.value.port }
        set { fields.value.port = newValue }
    }
    package var cluster: String {
        get { fields.value.options.value.cluster }
        set { fields.value.options.value.cluster = newValue }
    }
    package var address: AddressChoice {
        get { fields.value.address }
        set { fields.value.address = newValue }
    }
    package var weight: Double {
        get { fields.value.options.value.weight }
        set { fields.value.options.value.weight = newValue }
    }
    package var enabled: Bool {
        get { fields.value.options.value.enabled }
        set { fields.value.options.value.enabled = newValue }
    }
    package var metadata: [String: String] {
        get { fields.value.options.value.metadata }
        set { fields.value.options.value.metadata = newValue }
    }
    package var beat: BeatTiming {
        get { fields.value.options.value.beat }
        set { fields.value.options.value.beat = newValue }
    }
    /// At least one, at most 32; all must be alive.
    package var probes: [ProbeSpec] {
        get { fields.value.probes }
        set { fields.value.probes = newValue }
    }
    /// Not registered before the process is this old.
    package var warmUp: Duration {
        get { fields.value.options.value.warmUp }
        set { fields.value.options.value.warmUp = newValue }
    }

    package init(
        name: String, file: String, service: ServiceKey, port: Int, cluster: String = "DEFAULT",
        address: AddressChoice = .automatic, weight: Double = 1, enabled: Bool = true, metadata: [String: String] = [:],
        beat: BeatTiming = BeatTiming(), probes: [ProbeSpec], warmUp: Duration = .zero
    ) {
        let options = Options(
            cluster: cluster, weight: weight, enabled: enabled, metadata: metadata, beat: beat, warmUp: warmUp)
        fields = Shared(
            Fields(
                name: name, file: file, service: service, port: port, address: address, probes: probes,
                options: .sharing(Options.usual, options)))
    }

    /// What the registry is told once the address is known.
    package func instance(at ip: String) -> Instance {
        Instance(
            identity: WireIdentity(service: service, ip: ip, port: port), cluster: cluster, weight: weight,
            enabled: enabled, ephemeral: true,
            metadata: metadata.merging(beat.preservedMetadata) { written, _ in written })
    }
}

/// Which address a descriptor wants advertised (contract 3.3).
package enum AddressChoice: Hashable, Sendable {
    /// The source address of the default route, without one that towards the registry.
    case automatic
    /// As written, canonical text.
    case literal(String)
}

/// The addresses of this host, as far as `address: auto` needs them.
package struct AddressSet: Equatable, Sendable {
    /// The source address of the default route, IPv4 first, without one that towards the registry in use; never loopback,
    /// link-local or temporary; nil where there is none.
    package var source: String?
    /// Every address this host has.
    package var local: Set<String>

    package init(source: String? = nil, local: Set<String> = []) {
        self.source = source
        self.local = local
    }

    /// So many are named where none will do.
    private static let mostNamed = 8

    /// Why there is no `source`, naming what this host has.
    package var lack: String {
        let named = local.sorted().prefix(Self.mostNamed)
        let more = local.count > named.count ? " and \(local.count - named.count) more" : ""
        let own = local.isEmpty ? "no address at all" : named.joined(separator: ", ") + more
        return
            "no address to advertise: neither the default route nor the way to the registry has one, and this host has "
            + "\(own); write one under 'address'"
    }

    /// What is advertised for a choice: an automatic address is kept while this host has it; nil where there is none.
    package func advertised(_ choice: AddressChoice, current: String?) -> String? {
        switch choice {
        case .literal(let address): return address
        case .automatic:
            if let current, local.contains(current) { return current }
            return source
        }
    }
}
