extension Store {
    /// Keeps an instance alive; a full beat of an unknown one makes it.
    mutating func beat(_ beat: Beat, at now: Moment) throws(Refusal) -> BeatAnswer {
        sweep(at: now)
        let publisher = publisher(ip: beat.ip, port: beat.port, cluster: beat.cluster, isEphemeral: true)
        var isApplied = false
        if !isKnown(publisher, beat) {
            guard let instance = made(by: beat, at: now) else { return answer(BeatAnswer.notFound, to: beat, false) }
            try register(instance, in: beat.service, at: now)
            isApplied = true
        }
        if let target = target(of: beat), refresh(publisher, in: place(target), by: beat, at: now) { isApplied = true }
        return answer(BeatAnswer.accepted, to: beat, isApplied)
    }

    /// Since 2.0 the cluster isn't compared.
    private func isKnown(_ publisher: Publisher, _ beat: Beat) -> Bool {
        guard let instance = services[place(beat.service)]?.instances[publisher] else { return false }
        return instance.cluster == beat.cluster || rules.hold(.beatIgnoresCluster)
    }

    /// What a beat of an unknown instance makes of it.
    private func made(by beat: Beat, at now: Moment) -> Instance? {
        if let full = beat.full { return rules.hold(.fullBeatCreates) ? full.instance : nil }
        guard !rules.hold(.lightBeatCreatesNothing) else { return nil }
        return Instance(
            ip: beat.ip, port: beat.port, cluster: beat.cluster, weight: 1, isEnabled: true, isHealthy: true,
            isEphemeral: true, metadata: Metadata(), lastBeat: now)
    }

    /// The service whose instance is refreshed: for a full beat the one named in the JSON, and none where that name is
    /// missing, though the answer goes by the parameter (nacos-protocol.md 2.6, "the 2.x trap").
    private func target(of beat: Beat) -> ServiceKey? {
        guard let full = beat.full, rules.hold(.nameInsideJSONCounts) else { return beat.service }
        return full.serviceName.map { ServiceKey(namespace: beat.service.namespace, grouped: $0) }
    }

    private mutating func refresh(_ publisher: Publisher, in place: ServiceKey, by beat: Beat, at now: Moment) -> Bool {
        guard let instance = services[place]?.instances[publisher] else { return false }
        if rules.hold(.beatRefreshes) { services[place]?.instances[publisher]?.lastBeat = now }
        if !instance.isHealthy, rules.hold(.beatRevives) {
            change(place, at: now) { $0.instances[publisher]?.isHealthy = true }
            if let service = services[place] { expect(now + timeout(of: instance, in: service)) }
        }
        if let said = beat.full?.instance, !rules.hold(.beatChangesNothing) {
            change(place, at: now) {
                $0.instances[publisher]?.weight = said.weight
                $0.instances[publisher]?.metadata = said.metadata
            }
        }
        return true
    }

    private func answer(_ code: Int, to beat: Beat, _ isApplied: Bool) -> BeatAnswer {
        let isMute = code == BeatAnswer.notFound && !rules.hold(.lightFlagWithNotFound)
        let isLight = switches.isLightBeatEnabled || !rules.hold(.lightSwitch)
        return BeatAnswer(
            code: code, interval: interval(for: beat), isLightBeatEnabled: isMute ? nil : isLight,
            isApplied: isApplied)
    }

    /// The operator's word, then the instance's own, then the switch; a word that is no number is 0
    /// (registries/observed/nacos-1x-2x.md, 1.8).
    private func interval(for beat: Beat) -> Int64 {
        let usual = rules.hold(.intervalFromSwitch) ? switches.clientBeatInterval : Switches().clientBeatInterval
        guard rules.hold(.intervalFromMetadata), let service = services[place(beat.service)] else { return usual }
        let publisher = publisher(ip: beat.ip, port: beat.port, cluster: beat.cluster, isEphemeral: true)
        let edited = service.edits["\(beat.ip):\(beat.port):\(beat.cluster)"]?.metadata
        for metadata in [edited, service.instances[publisher]?.metadata] {
            guard let metadata, metadata.contains(Metadata.intervalKey) else { continue }
            let word = metadata[Metadata.intervalKey].flatMap { Int64($0) }
            return word ?? (rules.hold(.wordsAreIntervalZero) ? 0 : usual)
        }
        return usual
    }
}
