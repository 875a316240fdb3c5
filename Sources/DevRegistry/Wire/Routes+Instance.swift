extension Routes {
    mutating func register(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try service(parameters)
        let instance = try instance(parameters, at: now)
        try store.register(instance, in: key, at: now)
        return .ok(true)
    }

    mutating func deregister(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try service(parameters)
        let instance = try instance(parameters, at: now)
        return .ok(
            try store.deregister(
                ip: instance.ip, port: instance.port, cluster: instance.cluster, isEphemeral: instance.isEphemeral,
                from: key, at: now))
    }

    mutating func update(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try service(parameters)
        let instance = try instance(parameters, at: now)
        try store.update(instance, in: key, at: now)
        return .ok(true)
    }

    mutating func patch(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try service(parameters)
        let target = try target(parameters)
        let weight = try parameters["weight"].map(number)
        let metadata = try checker.metadata(parameters)
        try store.patch(
            key, target, isEnabled: flag(parameters, "enabled"), weight: weight, metadata: metadata, at: now)
        return .ok(true)
    }

    mutating func detail(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try service(parameters)
        let target = try target(parameters)
        let found = try store.detail(key, ip: target.ip, port: target.port, cluster: target.cluster, at: now)
        return .json(
            .object([
                ("service", .string(key.grouped)), ("ip", .string(found.ip)), ("port", .number("\(found.port)")),
                ("clusterName", .string(found.cluster)), ("weight", Words.number(found.weight)),
                ("healthy", .bool(found.isHealthy)),
                ("instanceId", found.identifier(in: key).map(JSON.string) ?? .null),
                ("metadata", found.metadata.json),
            ]))
    }

    mutating func list(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try service(parameters)
        let listing = try store.list(
            key, clusters: parameters["clusters"] ?? "",
            healthyOnly: parameters["healthyOnly"]?.lowercased() == "true", at: now)
        return .json(listing.json(at: now))
    }

    // MARK: Reading parameters

    func service(_ parameters: Parameters) throws(Refusal) -> ServiceKey {
        let namespace = parameters["namespaceId"] ?? ServiceKey.defaultNamespace
        let name = try required("serviceName", of: parameters, else: .missing("serviceName"))
        return ServiceKey(namespace: namespace, grouped: name)
    }

    func target(_ parameters: Parameters) throws(Refusal) -> (ip: String, port: Int, cluster: String) {
        let ip = try required("ip", of: parameters, else: .missing("ip"))
        let port = try required("port", of: parameters, else: .missing("port"))
        let cluster = parameters["clusterName"] ?? parameters["cluster"] ?? Instance.defaultCluster
        return (ip, Int(port) ?? 0, cluster)
    }

    func required(_ name: String, of parameters: Parameters, else refusal: Refusal) throws(Refusal) -> String {
        if let value = parameters[name] { return value }
        guard rules.hold(.requiredParameters) else { return "0" }
        throw refusal
    }

    private func instance(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Instance {
        let target = try target(parameters)
        let weight = try parameters["weight"].map(number) ?? 1
        try checkWeight(weight)
        let isEphemeral = flag(parameters, "ephemeral") ?? store.switches.isDefaultInstanceEphemeral
        let enable = rules.hold(.enableMeansEnabled) ? flag(parameters, "enable") : nil
        return Instance(
            ip: target.ip, port: target.port, cluster: target.cluster, weight: weight,
            isEnabled: flag(parameters, "enabled") ?? enable ?? true,
            isHealthy: flag(parameters, "healthy") ?? true, isEphemeral: isEphemeral,
            metadata: try checker.metadata(parameters) ?? Metadata(), lastBeat: now)
    }

    func checkWeight(_ weight: Double) throws(Refusal) {
        if weight > 10_000 || weight < 0, rules.hold(.weightRange) { throw .weight }
    }

    private func flag(_ parameters: Parameters, _ name: String) -> Bool? {
        parameters[name].map { Words.isTrue($0) || $0 == "1" && !rules.hold(.oneIsFalse) }
    }

    func number(_ text: String) throws(Refusal) -> Double {
        guard let number = Double(text) else { throw .noNumber(text) }
        return number
    }
}
