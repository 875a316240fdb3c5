import Predicates

/// What people read of a batch.
package struct Report {
    private let batch: Batch

    package init(_ batch: Batch) { self.batch = batch }

    /// Simulated hours, events, faults, situations and pairs; `isLong` shows every one of them.
    package func text(isLong: Bool) -> String {
        let ledger = batch.ledger
        let hours = Double(ledger.tally.simulated) / 3600e9
        var text = "\(batch.seeds) seeds: \(Int(hours)) simulated hours, \(ledger.tally.events) events, "
        text +=
            "\(ledger.tally.acceptedBeats) accepted beats, \(ledger.tally.registrations) registrations, \(ledger.tally.goodbyes) goodbyes, "
        text += "\(ledger.tally.deaths) deaths, \(ledger.tally.restarts) restarts of beatd\n"
        text += "first writes after an outage: \(ledger.tally.firstWrites.count), "
        text += "\(ledger.tally.firstWrites.early) in the first tenth of the interval\n"
        text += "faults that changed what was seen or hit a write: \(ledger.faults.reduce(0, +)), of "
        text += "\(Fault.allCases.count) kinds\n"
        for fault in Fault.allCases where isLong || ledger.faults[fault.rawValue] == 0 {
            text += "  \(pad(ledger.faults[fault.rawValue]))  \(fault)\n"
        }
        text += "situations: \(Situation.allCases.count)\n"
        for situation in Situation.allCases {
            text += "  \(pad(ledger.situations[situation] ?? 0))  \(situation.rawValue)\n"
        }
        return text + pairs(isLong: isLong)
    }

    /// Situations that no seed met.
    package var unmet: [Situation] { Situation.allCases.filter { batch.ledger.situations[$0] ?? 0 == 0 } }

    private func pad(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }

    private func pairs(isLong: Bool) -> String {
        let count = Fault.allCases.count
        var never: [String] = []
        var met = 0
        var rows = ""
        for first in Fault.allCases {
            var row: [String] = []
            for second in Fault.allCases where second.rawValue > first.rawValue {
                let number = batch.ledger.pairs[first.rawValue * count + second.rawValue]
                if number == 0 { never.append("\(first) + \(second)") } else { met += 1 }
                row.append("\(second) \(number)")
            }
            if !row.isEmpty { rows += "  \(first): \(row.joined(separator: ", "))\n" }
        }
        var text = "pairs of faults at work on one instance within 5 s: \(met) of \(met + never.count) met\n"
        if isLong { text += rows }
        if !never.isEmpty { text += "  never: \(never.joined(separator: ", "))\n" }
        return text
    }
}
