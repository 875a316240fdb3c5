import FoundationEssentials

/// What `beatd status` needs of the status JSON (contract 7).
struct StatusView: Decodable {
    var registry: RegistryView
    var instances: [InstanceView]
    var rejected: [RejectionView]
    var descriptorsProblem: String?
    /// What works less well than it should; an older daemon doesn't say.
    var attention: [String]?

    static func decode(_ bytes: [UInt8]) -> StatusView? {
        try? JSONDecoder().decode(StatusView.self, from: Data(bytes))
    }

    /// Whether everything is as it should be: all up, nothing refused, nothing waiting (contract 5, `status`).
    var isWell: Bool {
        rejected.isEmpty && descriptorsProblem == nil && instances.allSatisfy(\.isWell)
    }

    /// The table that people read: one line an instance, then what is wrong besides.
    ///
    /// `width` is the terminal's; nil where the output goes elsewhere, and then nothing is cut.
    func table(width: Int?, at now: Date) -> String {
        let refusals = Dictionary(rejected.map { ($0.file, $0) }) { first, _ in first }
        var rows = [["NAME", "PHASE", "SERVICE", "ADDRESS", "SINCE", "REASON"]]
        for instance in instances {
            rows.append([
                instance.name, instance.phase, instance.service ?? "-", instance.address,
                Age.text(since: instance.since, at: now), instance.why(refusals[instance.file]),
            ])
        }
        let widths = rows[0].indices.dropLast().map { column in rows.map { $0[column].count }.max() ?? 0 }
        var lines =
            instances.isEmpty
            ? ["no instances"]
            : rows.map { row in
                let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                let line = (cells + [row[5]]).joined(separator: "  ")
                return width.map { String(line.prefix($0)) } ?? line
            }
        lines.append(registry.line)
        if let descriptorsProblem { lines.append("descriptors: \(descriptorsProblem)") }
        for sentence in attention ?? [] { lines.append("attention: \(sentence)") }
        // What has a row says so there.
        let told = Set(instances.filter { $0.rejection != nil || $0.phase == "rejected" }.map(\.file))
        for refused in rejected where !told.contains(refused.file) { lines.append("refused \(refused.text)") }
        return lines.joined(separator: "\n") + "\n"
    }
}
