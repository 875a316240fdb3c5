/// Where callers of the instances of each target come to.
struct Callers {
    private let tasks: TaskTable
    private let local: Set<String>

    init(_ tasks: TaskTable, _ folder: FolderView) {
        self.tasks = tasks
        local = folder.addresses.local
    }

    /// The advertised addresses that this host has, where looks at that target are about them.
    func addresses(of entry: LookSchedule.Entry) -> [String] {
        guard case .port(_, on: .advertised) = entry.target.kind else { return [] }
        return entry.subscribers.compactMap { tasks[$0].claim.ip }.filter(local.contains)
    }
}
