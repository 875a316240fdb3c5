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
package struct Instance: Hashable, Sendable {
    package var identity: WireIdentity
    package var cluster: String
    /// 0-10000.
    package var weight: Double
    package var enabled: Bool
    package var ephemeral: Bool
    /// What the descriptor says, with the preserved keys of `BeatTiming` where they differ from Nacos' defaults.
    package var metadata: [String: String]

    package init(
        identity: WireIdentity, cluster: String = "DEFAULT", weight: Double = 1, enabled: Bool = true,
        ephemeral: Bool = true, metadata: [String: String] = [:]
    ) {
        self.identity = identity
        self.cluster = cluster
        self.weight = weight
        self.enabled = enabled
        self.ephemeral = ephemeral
        self.metadata = metadata
    }

    /// Whether registering `other` over this entry is safe without a goodbye first: 2.x takes one entry for `ip:port`.
    package func replacesInPlace(_ other: Instance) -> Bool {
        identity == other.identity && cluster == other.cluster && ephemeral == other.ephemeral
    }
}
