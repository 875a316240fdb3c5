extension BeatReactor {
    // MARK: Over a restart

    mutating func restore(_ state: RememberedState, at now: Instant) {
        memory.boot = state.boot
        folder.aliveSince = state.aliveSince
        folder.wereAlive = state.wereAlive
        // Of a NAME with two entries one was about to leave, and nobody knows which.
        folder.formerAddresses = Dictionary(
            state.leases.map { ($0.name, $0.instance.identity.ip) }, uniquingKeysWith: { _, _ in "" })
        registry.remember(lightBeats: state.lightBeats)
        for remembered in state.leases where leases.id(of: remembered.instance.identity) == nil {
            _ = leases.add(Lease(restored: remembered, timeout: settings.registry.timeout, at: now))
        }
    }

    /// What must survive a restart, as it stands now.
    package var remembered: RememberedState {
        var state = RememberedState(leases, tasks, lightBeats: registry.takesLightBeats, boot: memory.boot)
        state.wereAlive.formUnion(folder.wereAlive)
        state.aliveSince.merge(folder.aliveSince) { known, _ in known }
        return state
    }

    mutating func remember(at now: Instant, into effects: inout Effects) {
        guard let version = memory.begin() else { return }
        memory.timer = timers.insert(.save, due: now + Memory.pause)
        effects.append(.save(version: version, remembered))
    }

    // MARK: Configuration

    mutating func configure(_ new: Settings, at now: Instant, into effects: inout Effects) {
        let old = settings
        settings = new
        looks.maxInFlight = new.maxLooksInFlight
        if new.registry.writesPerSecond != old.registry.writesPerSecond {
            queue.limit(to: new.registry.writesPerSecond, at: now)
        }
        for id in leases.ids {
            leases[id].wait(atMost: new.registry.timeout)
            schedule(id, at: now, into: &effects)
        }
        let abandoned = registry.configure(new.registry, into: &effects)
        abandon(abandoned, "another server is in use", at: now, into: &effects)
    }

    // MARK: Ready

    package var isReady: Bool { course.isReady }

    private mutating func announceReady(at now: Instant, into effects: inout Effects) {
        guard !course.isReady, folder.isLoaded, course.stop == nil else { return }
        let patience = settings.registry.timeout
        guard course.isDue(settings.ready, tasks, patience: patience, &timers, at: now) else { return }
        course.isReady = true
        effects.append(.ready)
    }

    // MARK: Stop

    mutating func stop(_ mode: StopMode, deadline: Instant, at now: Instant, into effects: inout Effects) {
        let isFirst = course.stop == nil
        // A second one may be in more hurry; what the stop is to do stands.
        course.stop = (course.stop?.mode ?? mode, deadline)
        _ = timers.insert(.stop, due: deadline)
        guard isFirst, mode == .deregister else { return }
        for id in leases.ids { disown(id, at: now, into: &effects) }
    }

    /// Ready, if it is time; finished, if all is said or the deadline came.
    mutating func finishIfDone(at now: Instant, into effects: inout Effects) {
        announceReady(at: now, into: &effects)
        guard let stop = course.stop, !course.isFinished else { return }
        guard leases.isEmpty || stop.mode == .lapse || now >= stop.deadline else { return }
        course.isFinished = true
        let left = leases.ids.map { leases[$0] }.filter { $0.mayHold || $0.isInFlight != nil }
        effects.append(.finished(left: left.map { Leftover(name: $0.name, identity: $0.identity) }))
    }
}
