/// What is going to happen, in order of time; what falls on one instant happens in the order it was planned.
struct Agenda {
    private struct Item {
        var at: Int64
        var order: Int
        var what: Happening

        func isBefore(_ other: Item) -> Bool { at != other.at ? at < other.at : order < other.order }
    }

    /// Nanoseconds since boot.
    private(set) var now: Int64
    private var heap: [Item] = []
    private var issued = 0

    init(startingAt now: Int64) { self.now = now }

    mutating func plan(_ what: Happening, after delay: Int64) { plan(what, at: now + delay) }

    mutating func plan(_ what: Happening, at: Int64) {
        issued += 1
        heap.append(Item(at: max(at, now), order: issued, what: what))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> Happening? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                var least = parent
                for child in [parent * 2 + 1, parent * 2 + 2]
                where child < heap.count && heap[child].isBefore(heap[least]) {
                    least = child
                }
                guard least != parent else { break }
                heap.swapAt(parent, least)
                parent = least
            }
        }
        now = first.at
        return first.what
    }
}
