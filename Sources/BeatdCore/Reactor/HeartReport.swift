/// What beatd can say about everything it keeps, as it stands now (contract 7).
package struct HeartReport {
    let tasks: TaskTable
    let leases: LeaseTable
    let folder: FolderView
    let machine: RegistryMachine
    let answers: AnswerCounts
    let began: Instant

    /// One entry per descriptor and per refused file without a good version, sorted by name.
    package var instances: [InstanceStatus] { names.compactMap { instance($0) } }

    /// NAMEs of these entries, sorted, each once.
    package var names: [String] { Set(tasks.byName.keys).union(folder.rejected.compactMap(\.name)).sorted() }

    /// How many are in which phase, and the first by NAME that is in trouble.
    package var summary: Summary {
        var summary = Summary()
        for (name, id) in tasks.byName {
            summary.count(name, tasks[id].phase ?? .waiting, isRefused: isRefused(id)) { tasks[id].reason }
        }
        var names = Set(tasks.byName.keys)
        for rejection in folder.rejected {
            guard let name = rejection.name, names.insert(name).inserted else { continue }
            summary.count(name, .rejected) { rejection.error }
        }
        return summary
    }

    /// Whether the registry refused its last write.
    private func isRefused(_ id: TaskID) -> Bool {
        guard let lease = tasks[id].claim.lease, leases.holds(lease) else { return false }
        return leases[lease].currentRefusal != nil
    }

    /// What one line has room for.
    package struct Summary {
        package private(set) var counts: [Phase: Int] = [:]
        /// Down, suspect or rejected, or refused by the registry; where none is, the first that is waited for.
        package private(set) var trouble: (name: String, phase: Phase, reason: String)?
        /// How early what it is about is told.
        private var rank = 0

        mutating func count(_ name: String, _ phase: Phase, isRefused: Bool = false, _ reason: () -> String) {
            counts[phase, default: 0] += 1
            guard let rank = isRefused ? 0 : Self.rank(phase) else { return }
            if let trouble, (self.rank, trouble.name) < (rank, name) { return }
            trouble = (name, phase, reason())
            self.rank = rank
        }

        /// Which phase is told first; nil for none.
        private static func rank(_ phase: Phase) -> Int? {
            switch phase {
            case .down, .suspect, .rejected: 0
            case .waiting: 1
            case .registering, .up: nil
            }
        }
    }

    /// The same for one NAME; nil where no file has it.
    package func instance(_ name: String) -> InstanceStatus? {
        if let id = tasks.byName[name] { return status(of: id) }
        return folder.refused(besides: [], since: began).first { $0.name == name }
    }

    /// Every refused file as it stands now, those with a twin included.
    package var rejected: [Rejection] {
        (folder.rejected + tasks.twins).sorted { $0.file < $1.file }
    }

    package var registry: RegistryStatus {
        RegistryStatus(
            servers: machine.servers.enumerated().map { index, entry in
                RegistryStatus.Server(
                    server: entry.server, api: entry.api?.rawValue,
                    state: index == machine.inUse ? machine.state(answers) : entry.lastState,
                    lastError: entry.lastError)
            }, inUse: machine.inUse)
    }

    private func status(of id: TaskID) -> InstanceStatus {
        let task = tasks[id]
        // While beatd stops, a lease ends with its goodbye, and its task stays.
        let lease = task.claim.lease.flatMap { leases.holds($0) ? leases[$0] : nil }
        let rejection = folder.rejected.first { $0.name == task.descriptor.name }?.error
        return task.status(with: lease, rejection: rejection)
    }
}
