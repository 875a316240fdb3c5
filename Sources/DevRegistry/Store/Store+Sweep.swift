extension Store {
    /// Does what time alone does: turns silent instances unhealthy, then lets them go, and tidies up behind them.
    mutating func sweep(at now: Moment) {
        guard let due = nextDue, due <= now else { return }
        nextDue = nil
        forget(at: now)
        for key in services.keys.sorted() {
            sweepInstances(of: key, at: now)
            sweepRemains(of: key, at: now)
        }
        let publishing = Set(services.values.flatMap(\.instances.keys))
        publishers = publishers.filter { publishing.contains($0.key) }
    }

    /// What a restarted server has lost: all that is ephemeral; it reads the rest back
    /// (registries/observed/nacos-3x.md, 10).
    private mutating func forget(at now: Moment) {
        guard let length = timing.forgetsEvery, let due = forgetsAt else { return }
        if due <= now {
            services = services.filter { !$0.value.isEphemeral }
            let passed = (now.boot - due.boot) / length.nanoseconds + 1
            forgetsAt = due + .nanoseconds(passed * length.nanoseconds)
        }
        if let forgetsAt { expect(forgetsAt) }
    }

    /// Makes sure that a sweep happens then.
    mutating func expect(_ moment: Moment) {
        nextDue = nextDue.map { min($0, moment) } ?? moment
    }

    /// What silence has done to one instance.
    private enum Lapse {
        case unhealthy
        case gone
    }

    private mutating func sweepInstances(of key: ServiceKey, at now: Moment) {
        guard let service = services[key] else { return }
        var lapses: [(at: Moment, publisher: Publisher, lapse: Lapse)] = []
        for (publisher, instance) in service.instances where isWatched(instance) {
            let unhealthy = round(of: publisher, after: instance.lastBeat + timeout(of: instance, in: service))
            let gone = round(of: publisher, after: instance.lastBeat + deleteTimeout(of: instance, in: service))
            let expires = switches.isHealthCheckEnabled
            if expires, gone <= now, rules.hold(.deleteTimeout) {
                lapses.append((gone, publisher, .gone))
            } else if expires, instance.isHealthy, unhealthy <= now, rules.hold(.heartbeatTimeout) {
                lapses.append((unhealthy, publisher, .unhealthy))
                expect(gone)
            } else {
                let due = instance.isHealthy ? min(unhealthy, gone) : gone
                // What is due and may not happen is looked at again now and then.
                expect(due > now ? due : now + .milliseconds(100))
            }
        }
        // In the order in which it happened: reads lag behind each.
        for (at, publisher, lapse) in lapses.sorted(by: { $0.at < $1.at }) {
            switch lapse {
            case .gone: remove(publisher, from: key, at: at)
            case .unhealthy: change(key, at: at) { $0.instances[publisher]?.isHealthy = false }
            }
        }
    }

    private func isWatched(_ instance: Instance) -> Bool {
        instance.isEphemeral || !rules.hold(.persistentNeverExpires)
    }

    private mutating func sweepRemains(of key: ServiceKey, at now: Moment) {
        guard let service = services[key] else { return }
        for (edited, edit) in service.edits {
            guard let orphaned = edit.orphanedAt else { continue }
            guard orphaned + timing.editsKept <= now else {
                expect(orphaned + timing.editsKept)
                continue
            }
            if rules.hold(.editsExpire) { services[key]?.edits[edited] = nil }
        }
        guard let empty = service.emptySince else { return }
        guard empty + timing.emptyServicesKept <= now else { return expect(empty + timing.emptyServicesKept) }
        if rules.hold(.emptyServicesGo) { services[key] = nil }
    }

    /// When a publisher's instances are looked at next after a moment.
    private func round(of publisher: Publisher, after moment: Moment) -> Moment {
        let length = timing.round.nanoseconds
        guard length > 0, rules.hold(.coarseRounds), let known = publishers[publisher] else {
            return moment + .nanoseconds(1)
        }
        let rounds = (moment.boot - known.boot) / length + 1
        return known + .nanoseconds(rounds * length)
    }

    func timeout(of instance: Instance, in service: Service) -> Duration {
        length(Metadata.timeoutKey, of: instance, in: service) ?? timing.timeout
    }

    func deleteTimeout(of instance: Instance, in service: Service) -> Duration {
        length(Metadata.deleteTimeoutKey, of: instance, in: service) ?? timing.deleteTimeout
    }

    /// The operator's word first, then the instance's own.
    private func length(_ name: String, of instance: Instance, in service: Service) -> Duration? {
        let edited = rules.hold(.editedTimeouts) ? service.edits[instance.editKey]?.metadata.milliseconds(name) : nil
        let published = rules.hold(.ownTimeouts) ? instance.metadata.milliseconds(name) : nil
        return (edited ?? published).map { .milliseconds($0) }
    }

    /// Takes an instance out; its service and the edits laid over it stay for a while.
    mutating func remove(_ publisher: Publisher, from key: ServiceKey, at now: Moment) {
        change(key, at: now) { service in
            guard let instance = service.instances.removeValue(forKey: publisher) else { return }
            service.edits[instance.editKey]?.orphanedAt = now
            if service.instances.isEmpty { service.emptySince = now }
        }
        expect(now + min(timing.editsKept, timing.emptyServicesKept))
    }
}
