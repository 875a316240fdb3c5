/// What one file says: one instance, how to look at its process, when to speak for it (contract 3).
package struct InstanceDescriptor: Hashable, Sendable {
    /// The file's name without suffix.
    package var name: String
    /// The file's name.
    package var file: String
    package var service: ServiceKey
    /// The advertised port, 1-65535.
    package var port: Int
    package var cluster: String
    package var address: AddressChoice
    package var weight: Double
    package var enabled: Bool
    package var metadata: [String: String]
    package var beat: BeatTiming
    /// At least one, at most 32; all must be alive.
    package var probes: [ProbeSpec]
    /// Not registered before the process is this old.
    package var warmUp: Duration

    package init(
        name: String, file: String, service: ServiceKey, port: Int, cluster: String = "DEFAULT",
        address: AddressChoice = .automatic, weight: Double = 1, enabled: Bool = true, metadata: [String: String] = [:],
        beat: BeatTiming = BeatTiming(), probes: [ProbeSpec], warmUp: Duration = .zero
    ) {
        self.name = name
        self.file = file
        self.service = service
        self.port = port
        self.cluster = cluster
        self.address = address
        self.weight = weight
        self.enabled = enabled
        self.metadata = metadata
        self.beat = beat
        self.probes = probes
        self.warmUp = warmUp
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
    /// The source address of the default route.
    case automatic
    /// As written, canonical text.
    case literal(String)
}

/// The addresses of this host, as far as `address: auto` needs them.
package struct AddressSet: Equatable, Sendable {
    /// The source address of the default route, IPv4 first; never loopback or link-local; nil where there is none.
    package var source: String?
    /// Every address this host has.
    package var local: Set<String>

    package init(source: String? = nil, local: Set<String> = []) {
        self.source = source
        self.local = local
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
