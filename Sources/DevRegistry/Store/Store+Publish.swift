extension Store {
    /// Takes an instance in, or puts it in the place of what the same publisher said before.
    mutating func register(_ instance: Instance, in key: ServiceKey, at now: Moment) throws(Refusal) {
        sweep(at: now)
        guard instance.isTimingSound || !rules.hold(.timeoutsAboveInterval) else {
            throw .unsoundTiming
        }
        let isPlain = instance.cluster.utf8.allSatisfy(Self.mayStandInCluster)
        guard isPlain || !rules.hold(.clusterCharacters) else { throw .cluster(instance.cluster) }
        let place = place(key)
        if let service = services[place], service.isEphemeral != instance.isEphemeral, rules.hold(.kindsDoNotMix) {
            throw .wrongKind(key, isEphemeral: service.isEphemeral)
        }
        publish(instance, in: place, at: now)
    }

    private static func mayStandInCluster(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private mutating func publish(_ instance: Instance, in place: ServiceKey, at now: Moment) {
        let publisher = publisher(
            ip: instance.ip, port: instance.port, cluster: instance.cluster, isEphemeral: instance.isEphemeral)
        if services[place] == nil { services[place] = Service(isEphemeral: instance.isEphemeral, at: now) }
        if publishers[publisher] == nil { publishers[publisher] = now }
        let (replaces, restarts) = (rules.hold(.registeringReplaces), rules.hold(.registeringRestartsClock))
        change(place, at: now) { service in
            let old = service.instances[publisher]
            var new = !replaces ? old ?? instance : instance
            new.lastBeat = restarts ? now : old?.lastBeat ?? now
            service.instances[publisher] = new
            service.edits[new.editKey]?.orphanedAt = nil
            service.emptySince = nil
        }
        guard let service = services[place], let kept = service.instances[publisher] else { return }
        expect(kept.lastBeat + min(timeout(of: kept, in: service), deleteTimeout(of: kept, in: service)))
    }

    /// Lets an instance go; false: there was none, which is no error.
    mutating func deregister(
        ip: String, port: Int, cluster: String, isEphemeral: Bool, from key: ServiceKey, at now: Moment
    ) throws(Refusal) -> Bool {
        sweep(at: now)
        let place = place(key)
        let kinds = rules.hold(.goodbyeChecksKind) ? [isEphemeral] : [isEphemeral, !isEphemeral]
        for kind in kinds {
            let publisher = publisher(ip: ip, port: port, cluster: cluster, isEphemeral: kind)
            guard let instance = services[place]?.instances[publisher] else { continue }
            guard instance.cluster == cluster || rules.hold(.goodbyeIgnoresCluster) else { continue }
            remove(publisher, from: place, at: now)
            return true
        }
        if !rules.hold(.unknownGoodbyeIsFine) { throw Refusal(status: 404, text: "no matched ip found!") }
        return false
    }
}
