/// Case by target: how it went.
struct Matrix: Sendable {
    private var cells: [Int: [TargetKind: Outcome]] = [:]
    /// Targets that could not be started, with the reason.
    var broken: [TargetKind: String] = [:]

    subscript(number: Int, target: TargetKind) -> Outcome {
        get { cells[number]?[target] ?? .skipped }
        set { cells[number, default: [:]][target] = newValue }
    }

    /// What failed on a target, in sentences.
    func failures(on target: TargetKind) -> [String] {
        Case.all.indices.compactMap { number in
            guard case .failed(let reason) = self[number, target] else { return nil }
            return "\(Case.all[number].name): \(reason)"
        } + (broken[target].map { [$0] } ?? [])
    }

    func passed(on target: TargetKind) -> Int {
        Case.all.indices.count { self[$0, target].word.hasPrefix("ok") }
    }

    /// One row a case.
    var text: String {
        let width = Case.all.map(\.name.count).max() ?? 0
        let head = row("case", TargetKind.allCases.map(\.rawValue), width)
        let rows = Case.all.indices.map { number in
            row(Case.all[number].name, TargetKind.allCases.map { self[number, $0].word }, width)
        }
        let sums = TargetKind.allCases.map { "\(passed(on: $0)) ok" }
        let different = Case.all.flatMap { item in
            item.differences.map { "* \($0.target.rawValue), \(item.name): \($0.file): \($0.line)" }
        }
        return ([head] + rows + [row("", sums, width)] + different).joined(separator: "\n")
    }

    private func row(_ name: String, _ words: [String], _ width: Int) -> String {
        let padded = words.map { $0 + String(repeating: " ", count: max(0, 9 - $0.count)) }.joined()
        return name + String(repeating: " ", count: width + 2 - name.count) + padded
    }
}
