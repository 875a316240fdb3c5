/// v3's client API, as a real 3.1.0 was seen to speak it (registries/observed/nacos-3x.md, 3).
extension Routes {
    mutating func answer(_ endpoint: V3Endpoint, _ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        do throws(Refusal) {
            try checker.check(parameters, endpoint.scope)
            switch endpoint {
            case .register: return try registerV3(parameters, at: now)
            case .deregister: return try deregisterV3(parameters, at: now)
            case .list: return try listV3(parameters, at: now)
            }
        } catch {
            switch error.origin {
            case .controller: return .envelope(error.code, .string(error.text), status: error.status)
            case .binder: return .envelope(error.code, .null, message: error.text, status: error.status)
            // The exception dies in a filter, and with it the answer.
            case .metadata where rules.hold(.v3BadMetadataIsEmpty): return Answer(type: nil, body: "")
            case .metadata, .checker, .filter: throw error
            }
        }
    }

    private mutating func registerV3(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let form = try V3Form(parameters, of: .register, rules)
        let key = try serviceV3(parameters)
        let target = try targetV3(parameters)
        // What else a heartbeat says is not looked at.
        if form.isHeartBeat { return try heartBeat(target, in: key, at: now) }
        let weight = form.weight ?? 1
        try checkWeight(weight)
        let instance = Instance(
            ip: target.ip, port: target.port, cluster: target.cluster, weight: weight,
            isEnabled: form.isEnabled ?? enable(parameters), isHealthy: form.isHealthy ?? true,
            isEphemeral: form.isEphemeral ?? store.switches.isDefaultInstanceEphemeral,
            metadata: try checker.metadata(parameters) ?? Metadata(), lastBeat: now, api: .v3)
        try store.register(instance, in: key, at: now)
        return .envelope(.success, Self.okV3, isApplied: true)
    }

    /// v1's name means nothing here.
    private func enable(_ parameters: Parameters) -> Bool {
        rules.hold(.v3KnowsNoEnable) || parameters["enable"].map(Words.isTrue) ?? true
    }

    private mutating func heartBeat(
        _ target: (ip: String, port: Int, cluster: String), in key: ServiceKey, at now: Moment
    ) throws(Refusal) -> Answer {
        let beat = Beat(service: key, ip: target.ip, port: target.port, cluster: target.cluster)
        let answer = try store.beat(beat, at: now)
        guard answer.code == BeatAnswer.accepted || !rules.hold(.v3UnknownBeatIs21003) else {
            return .envelope(.instanceNotFound, .null)
        }
        return .envelope(.success, Self.okV3, isApplied: answer.isApplied)
    }

    private mutating func deregisterV3(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let form = try V3Form(parameters, of: .deregister, rules)
        let key = try serviceV3(parameters)
        let target = try targetV3(parameters)
        let isEphemeral = form.isEphemeral ?? store.switches.isDefaultInstanceEphemeral
        let isApplied = try store.deregister(
            ip: target.ip, port: target.port, cluster: target.cluster, isEphemeral: isEphemeral, from: key, at: now)
        return .envelope(.success, Self.okV3, isApplied: isApplied)
    }

    private mutating func listV3(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try serviceV3(parameters)
        let unnamed = rules.hold(.v3ListsDefaultCluster) ? Instance.defaultCluster : ""
        let listing = try store.list(
            key, clusters: parameters["clusterName"] ?? unnamed, healthyOnly: false, at: now)
        return .envelope(.success, listing.hosts)
    }

    // MARK: Reading parameters

    private static let okV3 = JSON.string("ok")

    /// A name with a group in it is a name as any other.
    private func serviceV3(_ parameters: Parameters) throws(Refusal) -> ServiceKey {
        let name = try required("serviceName", of: parameters, else: .notPresent("serviceName"))
        let namespace = parameters["namespaceId"] ?? ServiceKey.defaultNamespace
        let group = parameters["groupName"] ?? ServiceKey.defaultGroup
        guard rules.hold(.v3NameIsLiteral) else {
            let (given, bare) = ServiceKey.split(name)
            return ServiceKey(namespace: namespace, group: given ?? group, name: bare)
        }
        return ServiceKey(namespace: namespace, group: group, name: name)
    }

    private func targetV3(_ parameters: Parameters) throws(Refusal) -> (ip: String, port: Int, cluster: String) {
        let ip = try required("ip", of: parameters, else: .notPresent("ip"))
        let port = try required("port", of: parameters, else: .notPresent("port", "Integer"))
        return (ip, Int(port) ?? 0, parameters["clusterName"] ?? Instance.defaultCluster)
    }
}
