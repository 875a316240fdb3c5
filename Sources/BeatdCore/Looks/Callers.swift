/// Where callers of the instances of each target come to.
struct Callers {
    private let tasks: TaskTable
    private let local: Set<String>

    init(_ tasks: TaskTable, _ folder: FolderView) {
        self.tasks = tasks
        local = folder.addresses.local
    }

    /// The advertised addresses of this host that a listener would have to take, unless it takes one of them.
    func missed(by seen: Sighting, at entry: LookSchedule.Entry) -> [String] {
        guard case .port(_, on: .advertised) = entry.target.kind, case .port(.listening(let listener, _)) = seen else {
            return []
        }
        for task in entry.subscribers {
            if let ip = tasks[task].claim.ip, listener.takes(ip) { return [] }
        }
        return entry.subscribers.compactMap { tasks[$0].claim.ip }.filter(local.contains)
    }
}
