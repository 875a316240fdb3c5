package import Predicates

/// Many seeds, their counts added up and their violations kept.
package struct Batch: Sendable {
    /// Every so many seeds are run a second time without the bad files (promise P5).
    private static let differential: UInt64 = 16
    private static let separator: Character = "\u{1}"

    package var ledger = Ledger()
    package var seeds = 0
    package var violations: [(seed: UInt64, violation: Violation)] = []

    package init() {}

    /// Runs one seed; says what was broken.
    @discardableResult
    package mutating func run(_ seed: UInt64) -> Violation? {
        let run = Run(seed: seed)
        ledger.add(run.ledger)
        seeds += 1
        let violation = run.violation ?? Self.compare(run)
        if let violation { violations.append((seed, violation)) }
        return violation
    }

    /// Predicate 5: without the bad files everything else is the same, byte by byte.
    private static func compare(_ run: Run) -> Violation? {
        guard run.seed % differential == 0 else { return nil }
        return Difference.violation(of: run, Run(seed: run.seed, hasBadFiles: false))
    }

    /// What only many runs together show.
    package var objection: Violation? {
        ledger.tally.firstWrites.objection.map {
            Violation(predicate: "6 spread after an outage", sentence: $0, at: 0, subject: "all seeds")
        }
    }

    // MARK: Between processes

    /// As text, for a parent that adds up.
    package var encoded: String {
        var text = "seeds \(seeds)\n\(ledger.encoded)\n"
        for (seed, violation) in violations {
            let words = [
                String(seed), violation.predicate, String(violation.at), violation.subject, violation.sentence,
            ]
            text += "violation " + words.joined(separator: String(Self.separator)) + "\n"
        }
        return text
    }

    /// Adds what another process ran; says whether it was whole.
    package mutating func add(encoded text: String) -> Bool {
        var hasLedger = false
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2 else { return false }
            switch words[0] {
            case "seeds": seeds += Int(words[1]) ?? 0
            case "ledger":
                guard let ledger = Ledger(encoded: words[1]) else { return false }
                self.ledger.add(ledger)
                hasLedger = true
            case "violation":
                let parts = words[1].split(separator: Self.separator).map(String.init)
                guard parts.count == 5, let seed = UInt64(parts[0]), let at = Int64(parts[2]) else { return false }
                violations.append(
                    (seed, Violation(predicate: parts[1], sentence: parts[4], at: at, subject: parts[3])))
            default: return false
            }
        }
        return hasLedger
    }
}

extension Ledger {
    var encoded: String {
        var numbers = tally.numbers
        numbers += Situation.allCases.map { situations[$0] ?? 0 }
        numbers += faults
        numbers += pairs
        return "ledger " + numbers.map(String.init).joined(separator: " ")
    }

    init?(encoded: Substring) {
        self.init()
        let numbers = encoded.split(separator: " ").compactMap { Int($0) }
        let cases = Situation.allCases
        guard numbers.count == Tally.count + cases.count + faults.count + pairs.count else { return nil }
        tally = Tally(numbers: Array(numbers.prefix(Tally.count)))
        for (index, situation) in cases.enumerated() { situations[situation] = numbers[Tally.count + index] }
        faults = Array(numbers[(Tally.count + cases.count)..<(9 + cases.count + faults.count)])
        pairs = Array(numbers.suffix(pairs.count))
    }
}
