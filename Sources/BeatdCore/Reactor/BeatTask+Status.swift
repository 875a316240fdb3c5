extension BeatTask {
    /// What beatd can say about this descriptor (contract 7).
    func status(with lease: Lease?, rejection: String?) -> InstanceStatus {
        var due: Instant?
        if case .held(let next) = lease?.state, phase == .up || phase == .registering { due = next }
        let beats = lease?.counts
        return InstanceStatus(
            name: descriptor.name, file: descriptor.file, descriptor: descriptor, ip: claim.ip,
            phase: phase ?? .waiting,
            reason: reason, since: since, process: gate.process,
            probes: gate.looks.map { spec, look in
                InstanceStatus.Probe(kind: spec.target.kind.name, target: spec.target.kind.subject, look: look)
            },
            lastBeat: beats?.last.map { InstanceStatus.Beat(at: $0.at, outcome: $0.outcome) }, nextBeat: due,
            beats: beats?.accepted ?? 0, pending: pending.map { $0.gate.waitingFor }, rejection: rejection,
            refusal: lease?.currentRefusal?.refusal)
    }
}
