/// All that the registry knows: a value that is told the time and decides everything by itself.
///
/// Each operation settles what time alone has changed, then does its own.
struct Store: Sendable {
    var services: [ServiceKey: Service] = [:]
    var switches = Switches()
    /// Since when each publisher is known: its instances are looked at in rounds counted from here.
    var publishers: [Publisher: Moment] = [:]
    /// When the next forgetting is due.
    var forgetsAt: Moment?
    /// Nothing falls due before this.
    var nextDue: Moment?
    let timing: Timing
    let rules: Rules

    init(timing: Timing = Timing(), rules: Rules = Rules()) {
        self.timing = timing
        self.rules = rules
    }

    /// Counts the time to forgetting from here.
    mutating func begin(at now: Moment) {
        guard let length = timing.forgetsEvery else { return }
        forgetsAt = now + length
        expect(now + length)
    }

    func publisher(ip: String, port: Int, cluster: String, isEphemeral: Bool) -> Publisher {
        let isPart = !rules.hold(.identityWithoutCluster)
        return Publisher(ip: ip, port: port, isEphemeral: isEphemeral, cluster: isPart ? cluster : "")
    }

    /// Where a service is kept.
    func place(_ key: ServiceKey) -> ServiceKey {
        var place = key
        if !rules.hold(.namespacesAreApart) { place.namespace = ServiceKey.defaultNamespace }
        if !rules.hold(.groupsAreApart) { place.group = ServiceKey.defaultGroup }
        return place
    }

    /// Changes a service, and lets reads trail behind it.
    mutating func change(_ key: ServiceKey, at now: Moment, _ body: (inout Service) -> Void) {
        guard var service = services.removeValue(forKey: key) else { return }
        catchUp(&service, at: now)
        body(&service)
        if listLag > .zero, service.changedAt == nil { service.changedAt = now }
        services[key] = service
    }

    var listLag: Duration { rules.hold(.readsLag) ? timing.listLag : .zero }

    /// Lets reads see what is old enough.
    func catchUp(_ service: inout Service, at now: Moment) {
        guard let changed = service.changedAt, changed + listLag <= now else { return }
        service.seen = truth(of: service)
        service.changedAt = nil
    }

    /// Every instance as operators and publishers want it, in a steady order.
    func truth(of service: Service) -> [Instance] {
        let wins = rules.hold(.editsWin)
        let merges = rules.hold(.editsMerge)
        return service.instances.sorted { $0.key < $1.key }.map { _, instance in
            wins ? service.effective(instance, merging: merges) : instance
        }
    }

    /// What a reader is shown now.
    mutating func seen(_ key: ServiceKey, at now: Moment) -> [Instance] {
        guard var service = services[key] else { return [] }
        guard listLag > .zero else { return truth(of: service) }
        catchUp(&service, at: now)
        let seen = service.seen ?? truth(of: service)
        service.seen = seen
        services[key] = service
        return seen
    }
}
