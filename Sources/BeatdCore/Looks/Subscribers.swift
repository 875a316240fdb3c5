/// Who hears of the looks at one target, in the order of their coming: nearly always one, which then takes no array.
struct Subscribers: RandomAccessCollection {
    private var others: [TaskID] = []
    private var first: TaskID
    private var isDeserted = false

    init(_ task: TaskID) { first = task }

    var startIndex: Int { 0 }
    var endIndex: Int { isDeserted ? 0 : others.count + 1 }

    subscript(place: Int) -> TaskID { place == 0 ? first : others[place - 1] }

    /// Twice is once.
    mutating func add(_ task: TaskID) {
        if isDeserted {
            (first, isDeserted) = (task, false)
        } else if !contains(task) {
            others.append(task)
        }
    }

    mutating func remove(_ task: TaskID) {
        guard first == task else { return others.removeAll { $0 == task } }
        if others.isEmpty { isDeserted = true } else { first = others.removeFirst() }
    }
}
