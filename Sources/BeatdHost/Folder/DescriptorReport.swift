package import BeatdCore

/// What one reading of the folder of descriptors brought.
package struct DescriptorReport: Equatable, Sendable {
    package var set: DescriptorSet
    /// Why the folder could not be read whole, with its path; nil where it could.
    package var problem: String?
    /// What works less well than it should: no hints from the kernel, no copies of good files.
    package var notices: [String] = []
    /// What is odd in files that are taken, by file.
    package var warnings: [String: [InputWarning]]
    /// NAMEs whose accepted version came, changed or went with this reading.
    package var applied: [String]
    /// Refused in a version that this reading saw first; the others of `set.rejected` were refused before.
    package var newlyRejected: [Rejection]
    /// What else is wrong in these files, by file.
    package var further: [String: [Rejection]] = [:]

    package init(
        set: DescriptorSet, problem: String? = nil, notices: [String] = [],
        warnings: [String: [InputWarning]] = [:], applied: [String] = [], newlyRejected: [Rejection] = []
    ) {
        self.set = set
        self.problem = problem
        self.notices = notices
        self.warnings = warnings
        self.applied = applied
        self.newlyRejected = newlyRejected
    }

    /// What is odd in the files whose version this reading applied, by file.
    package var newWarnings: [(file: String, warning: InputWarning)] {
        let names = Set(applied)
        let files = Set(self.set.accepted.filter { names.contains($0.name) }.map(\.file))
        return warnings.filter { files.contains($0.key) }.sorted { $0.key < $1.key }
            .flatMap { file, warnings in warnings.map { (file, $0) } }
    }

    /// Refused before this reading, and still.
    package var stillRejected: [Rejection] {
        self.set.rejected.filter { !newlyRejected.contains($0) }
    }
}

extension DescriptorReport {
    /// The same when nothing of it is new any more.
    var asKnown: Self { DescriptorReport(set: self.set, problem: problem, notices: notices, warnings: warnings) }

    /// What this reading and an earlier one brought together, as it stands now.
    func with(_ earlier: DescriptorReport) -> DescriptorReport {
        var both = self
        both.applied = Set(applied + earlier.applied).sorted()
        let new = Set((newlyRejected + earlier.newlyRejected).map(\.file))
        both.further = further.merging(earlier.further) { own, _ in own }
        both.newlyRejected = self.set.rejected.filter { new.contains($0.file) }
        return both
    }

    /// Reads the folder once, as the daemon would at its start, without the copies that a daemon keeps.
    package static func read(_ settings: DescriptorSettings) -> DescriptorReport {
        var scan = FolderScan(Catalogue(), settings: settings, lastGood: nil, writers: nil)
        return scan.run().report
    }
}
