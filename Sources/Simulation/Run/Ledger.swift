/// What happened in a run, counted: faults at work, pairs of them, situations, writes.
package struct Ledger: Sendable {
    /// Two faults at work on one instance within this are a pair.
    private static let pairWindow: Int64 = 5_000_000_000

    package var faults = [Int](repeating: 0, count: Fault.allCases.count)
    package var pairs = [Int](repeating: 0, count: Fault.allCases.count * Fault.allCases.count)
    package var situations: [Situation: Int] = [:]
    package var tally = Tally()
    private var last: [[Int64]] = []
    var witnesses: [Witness] = []

    package init() {}

    init(subjects: Int) {
        witnesses = Array(repeating: Witness(), count: subjects)
        last = Array(repeating: Array(repeating: .min / 2, count: Fault.allCases.count), count: subjects)
    }

    /// The fault was at work on that instance.
    mutating func hit(_ fault: Fault, _ subject: Int, at now: Int64) {
        faults[fault.rawValue] += 1
        guard last.indices.contains(subject) else { return }
        let count = Fault.allCases.count
        for other in 0..<count where other != fault.rawValue && now - last[subject][other] <= Self.pairWindow {
            pairs[min(other, fault.rawValue) * count + max(other, fault.rawValue)] += 1
        }
        last[subject][fault.rawValue] = now
    }

    mutating func met(_ situation: Situation) { situations[situation, default: 0] += 1 }

    /// Another run's counts on top.
    package mutating func add(_ other: Ledger) {
        for index in faults.indices { faults[index] += other.faults[index] }
        for index in pairs.indices { pairs[index] += other.pairs[index] }
        situations.merge(other.situations) { $0 + $1 }
        tally = Tally(numbers: zip(tally.numbers, other.tally.numbers).map(+))
    }
}
