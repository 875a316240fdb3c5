/// Enumerates all small cases with a loop that looks random (TigerBeetle's exhaustigen is the model).
struct Choices {
    private var taken: [(choice: Int, count: Int)] = []
    private var position = 0
    private var hasBegun = false

    /// Whether there is another case; the next calls of `pick` then make it.
    mutating func next() -> Bool {
        position = 0
        guard hasBegun else {
            hasBegun = true
            return true
        }
        while let last = taken.last {
            if last.choice + 1 < last.count {
                taken[taken.count - 1].choice += 1
                return true
            }
            taken.removeLast()
        }
        return false
    }

    mutating func pick<Value>(_ values: [Value]) -> Value {
        if position == taken.count { taken.append((0, values.count)) }
        defer { position += 1 }
        return values[taken[position].choice]
    }
}
