/// A whole snapshot of the folder of descriptors.
package struct DescriptorSet: Equatable, Sendable {
    /// What is in force: good files, and the last good version of broken ones.
    ///
    /// Sorted by name, no name twice.
    package var accepted: [InstanceDescriptor]
    /// Every file that is refused as it stands now, whether or not an earlier version of it goes on.
    package var rejected: [Rejection]
    /// Whether the folder was read whole.
    ///
    /// Only then does a missing file mean a removed one (contract 3.4).
    package var complete: Bool

    package init(accepted: [InstanceDescriptor] = [], rejected: [Rejection] = [], complete: Bool = true) {
        self.accepted = accepted
        self.rejected = rejected
        self.complete = complete
    }
}

/// Why a file is refused, for people and programs (contract 7).
package struct Rejection: Hashable, Sendable {
    /// NAME of the instance the file would be; nil where the file's name gives none.
    package var name: String?
    package var file: String
    /// From 1; nil where the whole file is meant.
    package var line: Int?
    package var key: String?
    /// One sentence: what is wrong, what to do.
    package var error: String

    package init(name: String?, file: String, line: Int? = nil, key: String? = nil, error: String) {
        self.name = name
        self.file = file
        self.line = line
        self.key = key
        self.error = error
    }

    /// A file that describes the same instance as one that came first.
    package init(name: String?, file: String, twinOf other: String) {
        self.init(
            name: name, file: file,
            error: "describes the same instance as \(other) (namespace, group, service, address and port); "
                + "change one of these, or remove one of the two files")
    }

    /// With its place, as compilers say it: `broken.yaml:3: unknown key 'prot'`.
    package var text: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(error)" }
}
