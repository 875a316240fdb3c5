extension Routes {
    mutating func createService(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        guard parameters["serviceName"] != nil else {
            throw Refusal(status: 400, text: "Parameter 'serviceName' is missing")
        }
        let key = try service(parameters)
        let details = try details(parameters)
        try store.createService(key, details, at: now)
        return .ok(true)
    }

    mutating func updateService(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try service(parameters)
        _ = try parameters.required("protectThreshold")
        let details = try details(parameters)
        try store.updateService(key, details, at: now)
        return .ok(true)
    }

    mutating func removeService(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try service(parameters)
        try store.removeService(key, at: now)
        return .ok(true)
    }

    mutating func showService(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let key = try service(parameters)
        let details =
            try store.service(key, at: now).details ?? Service.Details()
        return .json(
            .object([
                ("namespaceId", .string(key.namespace)), ("groupName", .string(key.group)), ("name", .string(key.name)),
                ("protectThreshold", Words.number(details.protectThreshold)), ("metadata", details.metadata.json),
                ("selector", .object([("type", .string("none")), ("contextType", .string("NONE"))])),
                ("clusters", .array([])),
            ]))
    }

    mutating func serviceNames(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let page = Int(try parameters.required("pageNo")) ?? 0
        let size = max(0, Int(try parameters.required("pageSize")) ?? 0)
        let namespace = parameters["namespaceId"] ?? ServiceKey.defaultNamespace
        let group = parameters["groupName"] ?? ServiceKey.defaultGroup
        let names = store.serviceNames(namespace: namespace, group: group, at: now)
        let (start, isTooFar) = max(0, page - 1).multipliedReportingOverflow(by: size)
        let shown = isTooFar ? [] : names.dropFirst(start).prefix(size).map(JSON.string)
        let count = rules.hold(.serviceCount) ? names.count : shown.count
        return .json(.object([("count", .number("\(count)")), ("doms", .array(shown))]))
    }

    mutating func metrics(_ parameters: Parameters, at now: Moment) -> Answer {
        var members: [(String, JSON)] = [("status", .string(rules.hold(.metricsSayUp) ? "UP" : "DOWN"))]
        if let asked = parameters["onlyStatus"], asked.lowercased() != "true" {
            let all = everything(at: now)
            let counts = [
                ("serviceCount", all.count), ("instanceCount", all.reduce(0) { $0 + $1.1.count }),
                ("subscribeCount", 0), ("clientCount", store.publishers.count),
                ("ephemeralIpPortClientCount", store.publishers.keys.count(where: \.isEphemeral)),
                ("persistentIpPortClientCount", store.publishers.keys.count(where: { !$0.isEphemeral })),
            ]
            members += counts.map { ($0.0, .number("\($0.1)")) }
        }
        return .json(.object(members))
    }

    mutating func setSwitch(_ parameters: Parameters) throws(Refusal) -> Answer {
        for name in ["entry", "value"] where parameters.raw(name) == nil {
            throw Refusal(status: 400, text: "Parameter '\(name)' is missing")
        }
        let (entry, value) = (parameters["entry"] ?? "", parameters["value"] ?? "")
        let isSet = store.switches.set(entry, to: value)
        guard isSet else { throw .noNumber(value) }
        return .ok(true)
    }

    /// Without a health checker of type `NONE`, which nobody can set here, health is nobody's to say.
    func setHealth(_ parameters: Parameters) throws(Refusal) -> Answer {
        guard parameters["healthy"] ?? parameters["valid"] != nil else { throw .missing("healthy") }
        let key = try service(parameters)
        let cluster = try target(parameters).cluster
        let text = "health check is still working, service: \(key.grouped), cluster: \(cluster)"
        throw Refusal(status: 400, text: text)
    }

    func serverHealth() -> Answer {
        let text = "Hello! I am Nacos-Naming and healthy! total services: \(store.services.count)"
        return .json(.object([("msg", .string(text))]))
    }

    private func details(_ parameters: Parameters) throws(Refusal) -> Service.Details {
        Service.Details(
            protectThreshold: try parameters["protectThreshold"].map(number) ?? 0,
            metadata: try checker.metadata(parameters) ?? Metadata())
    }
}
