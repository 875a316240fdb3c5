extension Store {
    /// The instances of a service; of an unknown one, none.
    mutating func list(_ key: ServiceKey, clusters: String, healthyOnly: Bool, at now: Moment) throws(Refusal)
        -> Listing
    {
        sweep(at: now)
        let place = place(key)
        if services[place] == nil, !rules.hold(.unknownServiceIsEmpty) {
            throw Refusal(status: 404, text: "service not found: \(key.grouped)@\(key.namespace)")
        }
        let wanted = Set(clusters.split(separator: ",").map(String.init))
        var listing = Listing(service: key, clusters: clusters, instances: [])
        listing.instances = seen(place, at: now).filter { instance in
            if !wanted.isEmpty, rules.hold(.clusterFilter), !wanted.contains(instance.cluster) { return false }
            return instance.isEnabled || !rules.hold(.listHidesDisabled)
        }
        protect(&listing, services[place]?.details)
        let onlyHealthy = healthyOnly && rules.hold(.healthyOnly) || !rules.hold(.listShowsUnhealthy)
        if onlyHealthy { listing.instances.removeAll { !$0.isHealthy } }
        return listing
    }

    /// Where too few are healthy, all are shown as if they were; only for a service about which something was said.
    private func protect(_ listing: inout Listing, _ details: Service.Details?) {
        guard let details, !listing.instances.isEmpty, rules.hold(.protectThreshold) else { return }
        let healthy = listing.instances.count(where: \.isHealthy)
        guard Double(healthy) / Double(listing.instances.count) <= max(0, details.protectThreshold) else { return }
        listing.isProtected = true
        for index in listing.instances.indices { listing.instances[index].isHealthy = true }
    }

    /// One instance, as reads see it; disabled ones too.
    mutating func detail(_ key: ServiceKey, ip: String, port: Int, cluster: String, at now: Moment) throws(Refusal)
        -> Instance
    {
        sweep(at: now)
        let all = seen(place(key), at: now)
        guard let found = all.first(where: { $0.ip == ip && $0.port == port && $0.cluster == cluster }) else {
            if let other = all.first, !rules.hold(.detailOfUnknownIs404) { return other }
            let nobody = "no ips found for cluster \(cluster) in service \(key.grouped)"
            throw Refusal(status: 404, text: all.isEmpty ? nobody : "no matched ip found!")
        }
        return found
    }

    /// Instances of every service, for the page and for counting.
    mutating func everything(at now: Moment) -> [(ServiceKey, [Instance])] {
        sweep(at: now)
        return services.sorted { $0.key < $1.key }.map { ($0.key, truth(of: $0.value)) }
    }
}
