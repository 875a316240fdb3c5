extension Listing {
    /// As `GET /v1/ns/instance/list` of 2.5.0 says it.
    func json(at now: Moment) -> JSON {
        .object([
            ("name", .string(service.grouped)), ("groupName", .string(service.group)),
            ("clusters", .string(clusters)), ("cacheMillis", .number("10000")),
            ("hosts", hosts), ("lastRefTime", .number("\(now.wall / 1_000_000)")),
            ("checksum", .string("")), ("allIPs", .bool(false)),
            ("reachProtectionThreshold", .bool(isProtected)), ("valid", .bool(true)),
        ])
    }

    /// As `data` of v3's list has them, and `hosts` of v1's.
    var hosts: JSON { .array(instances.map(host)) }

    private func host(_ instance: Instance) -> JSON {
        let metadata = instance.metadata
        var members: [(String, JSON)] = [
            ("ip", .string(instance.ip)), ("port", .number("\(instance.port)")),
            ("weight", Words.number(instance.weight)), ("healthy", .bool(instance.isHealthy)),
            ("enabled", .bool(instance.isEnabled)), ("ephemeral", .bool(instance.isEphemeral)),
            ("clusterName", .string(instance.cluster)), ("serviceName", .string(service.grouped)),
            ("metadata", metadata.json),
            ("instanceHeartBeatInterval", .number("\(metadata.milliseconds(Metadata.intervalKey) ?? 5000)")),
            ("instanceHeartBeatTimeOut", .number("\(metadata.milliseconds(Metadata.timeoutKey) ?? 15_000)")),
            ("ipDeleteTimeout", .number("\(metadata.milliseconds(Metadata.deleteTimeoutKey) ?? 30_000)")),
        ]
        if let identifier = instance.identifier(in: service) {
            members.insert(("instanceId", .string(identifier)), at: 0)
        }
        // 2.5.0 leaves it out as soon as there is metadata.
        if metadata.isEmpty { members.append(("instanceIdGenerator", .string("simple"))) }
        return .object(members)
    }
}
