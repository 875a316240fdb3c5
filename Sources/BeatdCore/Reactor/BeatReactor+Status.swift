extension BeatReactor {
    /// One entry per descriptor and per refused file without a good version, sorted by name.
    package var statuses: [InstanceStatus] {
        let running = tasks.ids.map { status(of: $0) }
        let names = Set(tasks.byName.keys)
        let refused = folder.rejected.compactMap { rejection -> InstanceStatus? in
            guard let name = rejection.name, !names.contains(name) else { return nil }
            return InstanceStatus(
                name: name, file: rejection.file, descriptor: nil, ip: nil, phase: .rejected, reason: rejection.error,
                since: course.began, process: nil, probes: [], lastBeat: nil, nextBeat: nil, beats: 0, pending: nil,
                rejection: rejection.error)
        }
        return (running + refused).sorted { $0.name < $1.name }
    }

    /// The same for one NAME; nil where no file has it.
    package func status(of name: String) -> InstanceStatus? {
        if let id = tasks.byName[name] { return status(of: id) }
        return statuses.first { $0.name == name }
    }

    /// Every refused file as it stands now, those with a twin included.
    package var rejected: [Rejection] {
        let twins = tasks.ids.compactMap { id -> Rejection? in
            let task = tasks[id]
            guard let twin = task.claim.twin else { return nil }
            return Rejection(
                name: task.descriptor.name, file: task.descriptor.file,
                error: "describes the same instance as \(twin) (namespace, group, service, address and port)")
        }
        return (folder.rejected + twins).sorted { $0.file < $1.file }
    }

    package var registryStatus: RegistryStatus {
        RegistryStatus(
            api: registry.api, server: registry.server, reachable: registry.isReachable, lastError: registry.lastError)
    }

    private func status(of id: TaskID) -> InstanceStatus {
        let task = tasks[id]
        // While beatd stops, a lease ends with its goodbye, and its task stays.
        let lease = task.claim.lease.flatMap { leases.holds($0) ? leases[$0] : nil }
        let rejection = folder.rejected.first { $0.name == task.descriptor.name }?.error
        return task.status(with: lease, rejection: rejection)
    }
}
