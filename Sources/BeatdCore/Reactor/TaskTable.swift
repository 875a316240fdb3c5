/// All tasks, by number and by NAME.
struct TaskTable {
    private var slots: [BeatTask?] = []
    private var free: [Int32] = []
    private(set) var byName: [String: TaskID] = [:]

    var count: Int { byName.count }

    /// The files that describe the same instance as one that came first.
    var twins: [Rejection] {
        ids.compactMap { id in
            let task = self[id]
            guard let twin = task.claim.twin else { return nil }
            return Rejection(
                name: task.descriptor.name, file: task.descriptor.file,
                error: "describes the same instance as \(twin) (namespace, group, service, address and port)")
        }
    }

    /// In the order of their names.
    var ids: [TaskID] { byName.sorted { $0.key < $1.key }.map(\.value) }

    subscript(id: TaskID) -> BeatTask {
        get {
            guard let task = slots[Int(id.index)] else { preconditionFailure("a task was used after its end") }
            return task
        }
        _modify {
            guard var task = slots[Int(id.index)] else { preconditionFailure("a task was used after its end") }
            slots[Int(id.index)] = nil
            defer { slots[Int(id.index)] = task }
            yield &task
        }
    }

    mutating func add(_ task: BeatTask) -> TaskID {
        let id: TaskID
        if let index = free.popLast() {
            id = TaskID(index: index)
            slots[Int(index)] = task
        } else {
            id = TaskID(index: Int32(slots.count))
            slots.append(task)
        }
        byName[task.descriptor.name] = id
        return id
    }

    mutating func remove(_ id: TaskID) -> BeatTask {
        let task = self[id]
        byName[task.descriptor.name] = nil
        slots[Int(id.index)] = nil
        free.append(id.index)
        return task
    }

    /// The file goes by another name from now on.
    mutating func rename(_ id: TaskID, to descriptor: InstanceDescriptor) {
        byName[self[id].descriptor.name] = nil
        self[id].take(descriptor)
        byName[descriptor.name] = id
    }
}
