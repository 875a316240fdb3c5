internal import Linux

/// Copies of good files in the state directory: what a file said before it was broken outlives a restart (promise P5).
struct LastGoodFiles: Hashable, Sendable {
    /// `STATE/last-good`.
    let directory: String

    init(stateDirectory: String) { directory = "\(stateDirectory)/last-good" }

    /// Whether its file system answers at all, be it with a refusal: waits as long as that takes.
    var answers: Bool {
        _ = try? Files.openFolder(directory)
        return true
    }

    /// The copy of `file`; nil where there is none.
    func read(_ file: String) -> [UInt8]? {
        guard let copy = try? Files.open("\(directory)/\(file)"), let status = try? Files.status(of: copy),
            status.kind == .regular, status.size > 0, status.size <= DescriptorDecoding.largestFile
        else { return nil }
        return try? Files.read(copy, limit: DescriptorDecoding.largestFile)
    }

    /// The files that have a copy.
    func names() -> [String] {
        guard let folder = try? Files.openFolder(directory), let names = try? Files.names(in: folder) else { return [] }
        return names.filter { name in
            if case .descriptor = DescriptorName(file: name) { true } else { false }
        }
    }

    /// Keeps copies and forgets those of nothing (nil); the first error, if there was one.
    func apply(_ changes: [(key: String, value: ArraySlice<UInt8>?)]) -> SystemCallError? {
        var first: SystemCallError?
        for (file, bytes) in changes {
            do throws(SystemCallError) {
                if let bytes { try keep(Array(bytes), of: file) } else { try forget(file) }
            } catch { first = first ?? error }
        }
        return first
    }

    /// What the copies say of files whose latest version has none: `only an older version of a.yaml, and nothing of b.yaml`.
    func knowledge(of owed: [String]) -> String {
        let copies = Set(names())
        let kinds = [
            ("only an older version of", owed.filter(copies.contains)),
            ("nothing of", owed.filter { !copies.contains($0) }),
        ]
        return kinds.filter { !$0.1.isEmpty }.map { words, files in
            let more = files.count - Self.mostNamed
            return "\(words) \(files.prefix(Self.mostNamed).joined(separator: ", "))"
                + (more > 0 ? " and \(more) more" : "")
        }.joined(separator: ", and ")
    }

    /// What one sentence has room for.
    private static let mostNamed = 3

    /// Keeps `bytes` as what `file` said when it was good; does nothing where the copy says so already.
    ///
    /// Not synced: ten thousand files would be twenty thousand waits for the disk, and what a crash of the host leaves
    /// empty is no copy.
    private func keep(_ bytes: [UInt8], of file: String) throws(SystemCallError) {
        guard read(file) != bytes else { return }
        try Files.makeFolders(directory, mode: 0o700)
        try Files.write(bytes, to: "\(directory)/\(file)", mode: 0o600, durably: false)
    }

    /// Forgets the copy of a file that went.
    private func forget(_ file: String) throws(SystemCallError) { try Files.remove("\(directory)/\(file)") }
}
