/// What must survive a restart of beatd.
///
/// Losing it never stops beatd: what it doesn't know lapses at the registry.
package struct RememberedState: Equatable, Sendable {
    /// What the registry holds, or may hold, in our name.
    package var leases: [RememberedLease] = []
    /// Whether the server in use was seen to take light beats.
    package var lightBeats = false
    /// Since when each instance (by NAME) has been alive without a break, for `warm-up` of what has no start time.
    package var aliveSince: [String: Instant] = [:]
    /// NAMEs that were alive at some time, dead or alive now: those are `down`, others are still waited for (contract 6).
    ///
    /// Kept until the file goes, over reboots too.
    package var wereAlive: Set<String> = []
    /// The boot those instants belong to; of another boot they mean nothing.
    package var boot: String = ""

    package init() {}

    init(_ leases: LeaseTable, _ tasks: TaskTable, lightBeats: Bool, boot: String) {
        self.leases = leases.remembered
        self.lightBeats = lightBeats
        for id in tasks.ids {
            aliveSince[tasks[id].descriptor.name] = tasks[id].aliveSince
            if tasks[id].wasAlive { wereAlive.insert(tasks[id].descriptor.name) }
        }
        self.boot = boot
    }
}

/// One entry at the registry that is ours.
package struct RememberedLease: Hashable, Sendable {
    /// The file that wanted it, by NAME.
    package var name: String
    package var instance: Instance

    package init(name: String, instance: Instance) {
        self.name = name
        self.instance = instance
    }
}
