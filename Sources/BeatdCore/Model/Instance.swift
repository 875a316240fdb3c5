/// A service as Nacos names it: namespace id, group, name.
package struct ServiceKey: Hashable, Sendable {
    package var namespace: String
    package var group: String
    package var service: String

    package init(namespace: String, group: String, service: String) {
        self.namespace = namespace
        self.group = group
        self.service = service
    }

    /// `group@@service`, the one form that v1 takes everywhere (Nacos NamingUtils.getGroupedName).
    package var groupedName: String { "\(group)@@\(service)" }
}

/// What tells two entries of a registry apart.
///
/// The cluster does not: 2.x ignores it in DELETE and in beats.
package struct WireIdentity: Hashable, Sendable, CustomStringConvertible {
    package var service: ServiceKey
    /// A literal address, IPv6 without brackets.
    package var ip: String
    /// 1-65535.
    package var port: Int

    package init(service: ServiceKey, ip: String, port: Int) {
        self.service = service
        self.ip = ip
        self.port = port
    }

    package var description: String {
        "\(service.namespace)/\(service.groupedName) at \(ip.contains(":") ? "[\(ip)]" : ip):\(port)"
    }
}

/// What the registry is told about one process (Nacos `Instance`).
///
/// One reference to what never changes: a lease keeps what it wants, what it sent and what stands, most of the time the
/// same, and ten thousand of them have to fit into a cache.
package struct Instance: Hashable, Sendable {
    private struct Fields: Hashable, Sendable {
        var identity: WireIdentity
        var traits: Shared<Traits>
    }

    /// What is the same for most instances: then they hold one reference to it.
    private struct Traits: Hashable, Sendable {
        var cluster = "DEFAULT"
        var weight = 1.0
        var enabled = true
        var ephemeral = true
        var metadata: [String: String] = [:]
        static let usual = Shared(Traits())
    }

    private var fields: Shared<Fields>

    package var identity: WireIdentity {
        _read { yield fields.value.identity }
        set { fields.value.identity = newValue }
    }
    package var cluster: String {
        get { fields.value.traits.value.cluster }
        set { fields.value.traits.value.cluster = newValue }
    }
    /// 0-10000.
    package var weight: Double {
        get { fields.value.traits.value.weight }
        set { fields.value.traits.value.weight = newValue }
    }
    package var enabled: Bool {
        get { fields.value.traits.value.enabled }
        set { fields.value.traits.value.enabled = newValue }
    }
    package var ephemeral: Bool {
        get { fields.value.traits.value.ephemeral }
        set { fields.value.traits.value.ephemeral = newValue }
    }
    /// What the descriptor says, with the preserved keys of `BeatTiming` where they differ from Nacos' defaults.
    package var metadata: [String: String] {
        get { fields.value.traits.value.metadata }
        set { fields.value.traits.value.metadata = newValue }
    }

    package init(
        identity: WireIdentity, cluster: String = "DEFAULT", weight: Double = 1, enabled: Bool = true,
        ephemeral: Bool = true, metadata: [String: String] = [:]
    ) {
        let traits = Traits(
            cluster: cluster, weight: weight, enabled: enabled, ephemeral: ephemeral, metadata: metadata)
        fields = Shared(Fields(identity: identity, traits: .sharing(Traits.usual, traits)))
    }

    /// Whether registering `other` over this entry is safe without a goodbye first: 2.x takes one entry for `ip:port`.
    package func replacesInPlace(_ other: Instance) -> Bool {
        identity == other.identity && cluster == other.cluster && ephemeral == other.ephemeral
    }
}
