import Linux

/// One turn of the loop, shared out among answers that are made while they are sent: who was put off first goes first.
struct Turn {
    var isRunning = false
    /// Nanoseconds since boot.
    private var end: Int64 = 0
    /// Suspended, in the order in which they were put off; each has a connection, so they are bounded by these.
    private var line: [Exchange] = []
    /// Whose connection was resumed, to write before all others.
    private var first: Exchange?

    mutating func begin(for limit: Duration) { end = Clocks.boot() + limit.nanoseconds }

    var hasTime: Bool { Clocks.boot() < end }
    var isLineEmpty: Bool { line.isEmpty }

    /// Whether it is that exchange's turn; else it stands in line now, and its connection is to be suspended.
    mutating func admit(_ exchange: Exchange) -> Bool {
        if hasTime, first === exchange || line.isEmpty { return true }
        line.append(exchange)
        return false
    }

    /// Takes the first in line, to be resumed, while there is time.
    mutating func next() -> Exchange? {
        first = hasTime && !line.isEmpty ? line.removeFirst() : nil
        return first
    }

    /// Takes all who stand in line, to be resumed for their end.
    mutating func dissolve() -> [Exchange] {
        defer { (line, first) = ([], nil) }
        return line
    }
}
