/// A table whose rows keep their number as long as they are in it; the numbers of removed rows are given again.
struct Slots<Row> {
    /// A removed row stays until its number is given again, so that a row is changed where it lies.
    private var rows: [Row] = []
    private var isUsed: [Bool] = []
    private var free: [Int32] = []

    /// In the order of their numbers, so that the same events give the same effects.
    var numbers: [Int32] { rows.indices.compactMap { isUsed[$0] ? Int32($0) : nil } }

    func holds(_ number: Int32) -> Bool { isUsed.indices.contains(Int(number)) && isUsed[Int(number)] }

    subscript(number: Int32) -> Row {
        _read {
            precondition(isUsed[Int(number)], "a row was read after its end")
            // An array's own getter would hand out a copy, with a count for everything in it.
            yield rows.span[Int(number)]
        }
        _modify {
            precondition(isUsed[Int(number)], "a row was changed after its end")
            yield &rows[Int(number)]
        }
    }

    mutating func add(_ row: Row) -> Int32 {
        guard let number = free.popLast() else {
            rows.append(row)
            isUsed.append(true)
            return Int32(rows.count - 1)
        }
        rows[Int(number)] = row
        isUsed[Int(number)] = true
        return number
    }

    mutating func remove(_ number: Int32) {
        precondition(isUsed[Int(number)], "a row was removed twice")
        isUsed[Int(number)] = false
        free.append(number)
    }
}
