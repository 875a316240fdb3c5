/// All tasks, by number and by NAME.
struct TaskTable {
    private var slots = Slots<BeatTask>()
    private(set) var byName: [String: TaskID] = [:]

    /// The files that describe the same instance as one that came first.
    var twins: [Rejection] {
        ids.compactMap { id in
            let task = self[id]
            guard let twin = task.claim.twin else { return nil }
            return Rejection(name: task.descriptor.name, file: task.descriptor.file, twinOf: twin)
        }
    }

    /// In the order of their names.
    var ids: [TaskID] { byName.sorted { $0.key < $1.key }.map(\.value) }

    subscript(id: TaskID) -> BeatTask {
        _read { yield slots[id.index] }
        _modify { yield &slots[id.index] }
    }

    /// The addresses those tasks advertise, `among` the host's own, unless the listener takes one of them.
    func addresses(of tasks: Subscribers, missedBy listener: Listener, among local: Set<String>) -> [String] {
        for task in tasks {
            if let ip = self[task].claim.ip, listener.takes(ip) { return [] }
        }
        return tasks.compactMap { self[$0].claim.ip }.filter(local.contains)
    }

    mutating func add(_ task: BeatTask) -> TaskID {
        let id = TaskID(index: slots.add(task))
        byName[task.descriptor.name] = id
        return id
    }

    mutating func remove(_ id: TaskID) -> BeatTask {
        let task = slots[id.index]
        byName[task.descriptor.name] = nil
        slots.remove(id.index)
        return task
    }

    /// The file goes by another name from now on.
    mutating func rename(_ id: TaskID, to descriptor: InstanceDescriptor) {
        byName[self[id].descriptor.name] = nil
        self[id].take(descriptor)
        byName[descriptor.name] = id
    }
}
