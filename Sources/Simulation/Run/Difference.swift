package import Predicates

/// Where a run and the same run without its bad files part: promise P5 says nowhere.
package struct Difference {
    package let violation: Violation
    /// The last lines that both share, then `with:` and `without:` the first one that differs.
    package let lines: [String]

    /// nil where the same bytes left and the same looks ended at the same times.
    package init?(seed: UInt64, lineCount: Int = 40) {
        let run = Run(seed: seed, isTraced: true, lineCount: .max)
        let other = Run(seed: seed, isTraced: true, hasBadFiles: false, lineCount: .max)
        guard let violation = Self.violation(of: run, other) else { return nil }
        self.violation = violation
        let left = run.lines.filter(Self.isShared)
        let right = other.lines.filter(Self.isShared)
        let shared = zip(left, right).prefix { $0 == $1 }.count
        var lines = Array(left[..<shared].suffix(lineCount))
        if shared < left.count { lines.append("with: \(left[shared])") }
        if shared < right.count { lines.append("without: \(right[shared])") }
        self.lines = lines
    }

    /// Predicate 5, of two runs of one seed.
    static func violation(of run: Run, _ other: Run) -> Violation? {
        guard run.hash != other.hash else { return nil }
        return Violation(
            predicate: "5 one bad file hurts nobody", sentence: "without the bad files other bytes leave", at: 0,
            subject: "seed")
    }

    /// What is said about the files themselves differs by design.
    private static func isShared(_ line: String) -> Bool {
        line.contains("  LEFT ") || line.contains("  look at ") || line.contains("  beatd ")
    }
}
