extension Store {
    /// An operator's edit of a whole instance; nobody need have registered it.
    mutating func update(_ instance: Instance, in key: ServiceKey, at now: Moment) throws(Refusal) {
        sweep(at: now)
        guard instance.isTimingSound else { throw .unsoundTiming }
        let place = place(key)
        guard services[place] != nil else {
            guard rules.hold(.editNeedsService) else { return }
            let name = "Service{namespace='\(key.namespace)', group='\(key.group)', name='\(key.name)'"
            let kind = "ephemeral=\(instance.isEphemeral), revision=0}"
            throw Refusal(
                status: 400, text: "service not found, namespace: \(key.namespace), service: \(name), \(kind)")
        }
        edit(instance.editKey, in: place, at: now) {
            $0 = OperatorEdit(isEnabled: instance.isEnabled, weight: instance.weight, metadata: instance.metadata)
        }
    }

    /// An operator's edit of some fields.
    ///
    /// On 2.5.0 a first patch without `weight` puts the weight at 1: the edit as a whole wins.
    mutating func patch(
        _ key: ServiceKey, _ target: (ip: String, port: Int, cluster: String),
        isEnabled: Bool?, weight: Double?, metadata: Metadata?, at now: Moment
    ) throws(Refusal) {
        let instance = try detail(key, ip: target.ip, port: target.port, cluster: target.cluster, at: now)
        let keeps = rules.hold(.patchKeepsTheRest)
        edit(instance.editKey, in: place(key), at: now) { edit in
            if !keeps { edit = OperatorEdit() }
            if let isEnabled { edit.isEnabled = isEnabled }
            if let weight { edit.weight = weight }
            if let metadata { edit.metadata = metadata }
        }
    }

    private mutating func edit(
        _ edited: String, in place: ServiceKey, at now: Moment, _ body: (inout OperatorEdit) -> Void
    ) {
        change(place, at: now) { service in
            var edit = service.edits[edited] ?? OperatorEdit()
            body(&edit)
            edit.orphanedAt = nil
            service.edits[edited] = edit
        }
        // Edited timeouts may be shorter.
        expect(now)
    }

    /// Makes a service by itself: a persistent one, which is why nobody should (nacos-protocol.md 2.9).
    mutating func createService(_ key: ServiceKey, _ details: Service.Details, at now: Moment) throws(Refusal) {
        sweep(at: now)
        let place = place(key)
        guard services[place] == nil || !rules.hold(.servicesAreUnique) else {
            throw Refusal(status: 400, text: "specified service \(key.grouped) already exists!")
        }
        var service = services[place] ?? Service(isEphemeral: !rules.hold(.madeServicesArePersistent), at: now)
        service.details = details
        services[place] = service
        expect(now + timing.emptyServicesKept)
    }

    mutating func updateService(_ key: ServiceKey, _ details: Service.Details, at now: Moment) throws(Refusal) {
        sweep(at: now)
        guard services[place(key)] != nil else { throw .unknownService(key) }
        services[place(key)]?.details = details
    }

    mutating func service(_ key: ServiceKey, at now: Moment) throws(Refusal) -> Service {
        sweep(at: now)
        guard let service = services[place(key)] else {
            let text = "service not found, namespace: \(key.namespace), serviceName: \(key.grouped)"
            throw Refusal(status: 400, text: text)
        }
        return service
    }

    mutating func removeService(_ key: ServiceKey, at now: Moment) throws(Refusal) {
        sweep(at: now)
        guard let service = services[place(key)] else { throw .unknownService(key) }
        guard service.instances.isEmpty || !rules.hold(.fullServicesStay) else {
            let text = "Service \(key.grouped) is not empty, can't be delete. Please unregister instance first"
            throw Refusal(status: 400, text: text)
        }
        services[place(key)] = nil
    }

    /// The names in one group of one namespace, in order.
    mutating func serviceNames(namespace: String, group: String, at now: Moment) -> [String] {
        sweep(at: now)
        return services.keys.filter { $0.namespace == namespace && $0.group == group }.map(\.name).sorted()
    }
}
