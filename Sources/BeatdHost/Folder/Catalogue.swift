internal import BeatdCore

/// What is known of the folder: each file with the version that was read last, and what came of it.
struct Catalogue: Sendable {
    struct File: Sendable {
        /// nil: read it again.
        var version: FileStamp?
        /// Whether `version` was decoded under other settings than those in force: read it again.
        var isStale = false
        /// Whether the copy of an earlier run is to be taken up when the file is broken: nothing else is known of it, or
        /// the defaults have changed since.
        var mayRestore = true
        /// The last good version, which goes on while the file is broken.
        var good: InstanceDescriptor?
        var warnings: [InputWarning] = []
        private var refusal = Refusal.none

        /// Why it is refused as it stands now.
        var rejection: Rejection? {
            get { if case .some(let rejection) = refusal { rejection } else { nil } }
            set { refusal = newValue.map(Refusal.some) ?? .none }
        }

        /// Apart from the entry: few files are refused, and the entries of all have room for it.
        private indirect enum Refusal {
            case none
            case some(Rejection)
        }

        init() {}

        /// A file that is refused for its name.
        init(refused rejection: Rejection) {
            mayRestore = false
            self.rejection = rejection
        }

        /// A good file.
        init(version: FileStamp?, good: InstanceDescriptor, warnings: [InputWarning]) {
            self.version = version
            self.good = good
            self.warnings = warnings
            mayRestore = false
        }
    }

    var files: [String: File] = [:]
    /// Which folder was read last; nil where there was none.
    var folder: FolderIdentity?
    /// The links that led there.
    var links: [FolderLink] = []
    /// Whether the folder was read whole since beatd started.
    var wasComplete = false

    /// Everything is read and decoded again: the defaults changed.
    mutating func invalidate() {
        for file in files.keys {
            files[file]?.isStale = true
            files[file]?.mayRestore = true
        }
    }

    /// What is odd in files that are taken, by file.
    var warnings: [String: [InputWarning]] { files.mapValues(\.warnings).filter { !$0.value.isEmpty } }

    /// What is in force, and what is refused.
    func set(complete: Bool) -> DescriptorSet {
        let sorted = files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
        return DescriptorSet(
            accepted: sorted.compactMap(\.good).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) },
            rejected: sorted.compactMap(\.rejection), complete: complete)
    }
}

/// Tells a replaced folder from the same one.
struct FolderIdentity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
}
