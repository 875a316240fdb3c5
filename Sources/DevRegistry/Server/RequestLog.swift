/// The last requests, one JSON line each.
struct RequestLog: Sendable {
    /// How many lines are kept to be asked for.
    static let limit = 20_000

    private var lines: [String] = []
    /// Where the oldest stands, once the ring is full.
    private var oldest = 0
    private(set) var count = 0

    /// Gives back the line, for whoever else wants it.
    mutating func add(_ call: Call, _ answer: Answer, connection: UInt64, at now: Moment) -> String {
        count += 1
        let line = LogLine(at: now, connection: connection, request: count, call: call, answer: answer).text
        if lines.count < Self.limit {
            lines.append(line)
        } else {
            lines[oldest] = line
            oldest = (oldest + 1) % Self.limit
        }
        return line
    }

    /// Those after request number `number` that are still kept, oldest first.
    func lines(since number: Int) -> [String] {
        let wanted = min(max(0, count - max(0, number)), lines.count)
        let inOrder = lines[oldest...] + lines[..<oldest]
        return Array(inOrder.suffix(wanted))
    }
}
