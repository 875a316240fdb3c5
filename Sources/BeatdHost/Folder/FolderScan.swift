package import BeatdCore
internal import Linux

/// One reading of the folder, for the worker: values in, values out, and the file system in between.
struct FolderScan: Sendable {
    var catalogue: Catalogue
    let settings: DescriptorSettings
    /// nil: nobody remembers anything.
    let lastGood: LastGoodFiles?
    /// nil: whoever asks wants to know of each file as it stands.
    let writers: FileWriters?

    /// Beyond this many files something writes there that shouldn't.
    static let mostFiles = 100_000
    /// Of so many files each error is looked for in one reading; of more only the first is told.
    private static let mostDetailed = 100

    /// What came of it.
    struct Result: Sendable {
        var catalogue: Catalogue
        var report: DescriptorReport
        /// Good files that were read anew: their copies are to be kept.
        var fresh: [(file: String, bytes: ArraySlice<UInt8>)]
        /// Files that went: their copies are to be forgotten.
        var gone: [String]
        /// A file that was refused, and perhaps is being written, is to be read again then.
        var heldFor: Duration?
        /// What it was given.
        var writers: FileWriters?
    }

    private var fresh: [(file: String, place: Range<Int>)] = []
    /// What the fresh ones say, one after the other: thousands of small pieces would leave as many holes in the heap.
    private var text: [UInt8] = []
    private var gone: [String] = []
    private var newlyRejected: Set<String> = []
    private var further: [String: [Rejection]] = [:]
    private var problem: String?
    /// Read when they are asked for.
    private var hostAddresses: AddressSet?
    private var heldFor: Duration?
    /// Whether there are files of which nothing is known yet, since somebody writes them.
    private var hasUnread = false

    init(
        _ catalogue: Catalogue, settings: DescriptorSettings, lastGood: LastGoodFiles?, writers: FileWriters?
    ) {
        self.catalogue = catalogue
        self.settings = settings
        self.lastGood = lastGood
        self.writers = writers
    }

    private var decoding: DescriptorDecoding { DescriptorDecoding(defaults: settings.defaults) }

    /// Reads the folder; what it can't read stays as it was.
    mutating func run() -> Result {
        let before = catalogue.set(complete: true).accepted
        catalogue.links = FolderLink.links(on: settings.directory)
        do throws(SystemCallError) {
            let folder = try Files.openFolder(settings.directory)
            try read(folder)
        } catch {
            problem = Self.sentence(error, settings.directory)
            if error.isNotFound { catalogue.folder = nil }
        }
        return end(before)
    }

    /// The folder isn't read, as it doesn't answer: everything stays as it was.
    mutating func giveUp(_ why: String) -> Result {
        let before = catalogue.set(complete: true).accepted
        problem = why
        return end(before)
    }

    private mutating func end(_ before: [InstanceDescriptor]) -> Result {
        if problem != nil, !catalogue.wasComplete { restoreAll() }
        // What an earlier run left of a file that is being written isn't given up before the file was read.
        let isComplete = problem == nil && (catalogue.wasComplete || !hasUnread)
        catalogue.wasComplete = catalogue.wasComplete || isComplete
        let set = catalogue.set(complete: isComplete)
        var report = DescriptorReport(
            set: set, problem: problem, warnings: catalogue.warnings,
            applied: Self.difference(before, set.accepted),
            newlyRejected: set.rejected.filter { newlyRejected.contains($0.file) })
        report.further = further
        return Result(
            catalogue: catalogue, report: report, fresh: fresh.map { ($0.file, text[$0.place]) }, gone: gone,
            heldFor: heldFor, writers: writers)
    }

    private mutating func read(_ folder: borrowing Descriptor) throws(SystemCallError) {
        let status = try Files.status(of: folder)
        catalogue.folder = FolderIdentity(device: status.device, inode: status.inode)
        if !settings.allowUnsafe,
            let why = FileSafety.problem(with: status, isSealed: Files.isReadOnlyMount(folder))
        {
            problem = "the folder \(settings.directory) \(why)"
            return
        }
        let names = try Files.names(in: folder)
        let files = names.filter { DescriptorName(file: $0) != .ignored }
        guard files.count <= Self.mostFiles else {
            problem = "the folder \(settings.directory) holds more than \(Self.mostFiles) descriptors"
            return
        }
        // A name that is missing in a listing may have been renamed over just then: its own open decides.
        let unseen = Set(catalogue.files.keys).subtracting(files)
        var present: [String] = []
        var unwritten: Set<String> = []
        for file in (files + unseen).sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
            switch presence(of: file, in: folder, isListed: !unseen.contains(file)) {
            case .gone: remove(file)
            case .whole: present.append(file)
            case .beingWritten:
                present.append(file)
                unwritten.insert(file)
                hasUnread = hasUnread || catalogue.files[file] == nil
            }
        }
        for (file, name) in byName(present) where !unwritten.contains(file) { read(file, name, in: folder) }
        guard problem == nil, !catalogue.wasComplete, !hasUnread else { return }
        gone += (lastGood?.names() ?? []).filter { catalogue.files[$0] == nil }
    }

    private enum Presence { case gone, whole, beingWritten }

    /// Sub-folders are no descriptors; whatever else has the name is, also what can't be looked at.
    private func presence(of file: String, in folder: borrowing Descriptor, isListed: Bool) -> Presence {
        do throws(SystemCallError) {
            let status = try Files.status(of: file, in: folder)
            guard status.kind != .directory else { return .gone }
            // Bytes that nobody was heard to write came with a hard link.
            let isLink = status.kind == .link || status.size > 0
            return writers?.isWriting(file, isLink: isLink) == true ? .beingWritten : .whole
        } catch {
            guard error.isNotFound else { return .whole }
            // A name that is no UTF-8 can't be asked for; it is refused for that.
            if case .refused = DescriptorName(file: file) { return isListed ? .whole : .gone }
            return .gone
        }
    }

    private mutating func remove(_ file: String) {
        guard catalogue.files.removeValue(forKey: file) != nil else { return }
        gone.append(file)
    }

    /// Each file with its NAME, if that is its own; refuses the others.
    private mutating func byName(_ files: [String]) -> [(file: String, name: String)] {
        var holders: [String: String] = [:]
        var named: [(file: String, name: String)] = []
        for file in files {
            switch DescriptorName(file: file) {
            case .ignored: break
            case .refused(let why): refuse(file, Rejection(name: nil, file: file, error: why))
            case .descriptor(let name): named.append((file, name))
            }
        }
        for (name, group) in Dictionary(grouping: named, by: \.name) {
            // The running one keeps its NAME, over a restart too; else the first has it.
            let holder =
                group.first { catalogue.files[$0.file]?.good != nil }
                ?? (group.count > 1 ? group.first { lastGood?.read($0.file) != nil } : nil) ?? group[0]
            holders[name] = holder.file
        }
        return named.filter { file, name in
            guard let holder = holders[name], holder != file else { return true }
            let sentence = "the name '\(name)' is that of \(holder); give one of the two files another name"
            refuse(file, Rejection(name: name, file: file, error: sentence))
            return false
        }
    }

    /// Refuses a file for its name: there is no earlier version of it.
    private mutating func refuse(_ file: String, _ rejection: Rejection) {
        if catalogue.files[file]?.rejection != rejection { newlyRejected.insert(file) }
        catalogue.files[file] = Catalogue.File(refused: rejection)
    }

    private mutating func read(_ file: String, _ name: String, in folder: borrowing Descriptor) {
        var entry = catalogue.files[file] ?? Catalogue.File()
        // Whoever began the reading holds the catalogue too: what is written makes another one.
        if update(&entry, file, name, in: folder) { catalogue.files[file] = entry }
    }

    /// Whether anything is to be remembered of it that wasn't before.
    private mutating func update(
        _ entry: inout Catalogue.File, _ file: String, _ name: String, in folder: borrowing Descriptor
    ) -> Bool {
        var isAsBefore = false
        do throws(SystemCallError) {
            switch try content(of: file, in: folder, known: entry.isStale ? nil : entry.version) {
            case .asBefore: isAsBefore = true
            case .refused(let why, let version):
                if isHeld(file, version, known: entry.version) { return hold(&entry, file, name) }
                refuse(&entry, Rejection(name: name, file: file, error: why))
            case .read(let bytes, let version, let isSteady):
                do throws(Refused) {
                    try take(&entry, bytes, isSteady ? version : nil, file, name)
                } catch {
                    if isHeld(file, version, known: entry.version) { return hold(&entry, file, name) }
                    refuse(&entry, error.why, isSteady && !error.isForNow ? version : nil, file, name)
                    explain(error.why, bytes, file, name)
                }
            }
        } catch {
            if error.isExhausted {
                problem = "\(settings.directory)/\(file): \(error.reason)"
            } else {
                refuse(&entry, Rejection(name: name, file: file, error: FileSafety.sentence(error)))
            }
        }
        guard entry.rejection != nil, entry.mayRestore else { return !isAsBefore }
        restore(&entry, file, name)
        return true
    }

    private struct Refused: Error {
        var why: InputError
        /// Another reading may find the same file good: the host gets an address.
        var isForNow = false
    }

    private mutating func take(
        _ entry: inout Catalogue.File, _ bytes: [UInt8], _ version: FileStamp?, _ file: String, _ name: String
    ) throws(Refused) {
        var decoded: DecodedDescriptor
        do throws(InputError) { decoded = try decoding.decode(bytes, name: name, file: file) } catch {
            throw Refused(why: error)
        }
        if let why = decoded.foreignProbe(in: addresses()) { throw Refused(why: why, isForNow: true) }
        if let warning = decoded.descriptor.addressWarning(in: addresses()) {
            decoded.warnings.append(warning)
        }
        entry = Catalogue.File(version: version, good: decoded.descriptor, warnings: decoded.warnings)
        fresh.append((file, text.count..<text.count + bytes.count))
        text += bytes
    }

    /// Whether what is wrong with a file isn't told yet: it is young, and nobody heard its writer be done.
    private mutating func isHeld(_ file: String, _ version: FileStamp, known: FileStamp?) -> Bool {
        guard let writers, version != known, !writers.isFinished(file) else { return false }
        let age = Duration.nanoseconds(Clocks.wall() - version.modified)
        let left = writers.limits.quiet - age
        // One from the future never gets old enough.
        guard age >= .zero, left > .zero else { return false }
        heldFor = min(heldFor ?? left, left)
        return true
    }

    /// Leaves the file as it was known, in an earlier run too; whether anything is.
    private mutating func hold(_ entry: inout Catalogue.File, _ file: String, _ name: String) -> Bool {
        if entry.mayRestore { restore(&entry, file, name) }
        let isKnown = entry.good != nil || catalogue.files[file] != nil
        hasUnread = hasUnread || !isKnown
        return isKnown
    }

    private mutating func refuse(
        _ entry: inout Catalogue.File, _ error: InputError, _ version: FileStamp?, _ file: String, _ name: String
    ) {
        let rejection = Rejection(error, name: name, file: file)
        let isOther = version == nil ? entry.rejection != rejection : entry.version != version
        refuse(&entry, rejection)
        entry.version = version
        entry.isStale = false
        if isOther { newlyRejected.insert(file) }
    }

    /// What else is wrong in a file that was just refused in a new version.
    private mutating func explain(_ first: InputError, _ bytes: [UInt8], _ file: String, _ name: String) {
        guard newlyRejected.contains(file), further.count < Self.mostDetailed else { return }
        let others = decoding.errors(bytes, file: file, first: first).filter { $0 != first }
        if !others.isEmpty { further[file] = others.map { Rejection($0, name: name, file: file) } }
    }

    private mutating func addresses() -> AddressSet {
        let found = hostAddresses ?? HostAddresses.read()
        hostAddresses = found
        return found
    }

    /// Refuses a file as it stands; an earlier version of it goes on.
    private mutating func refuse(_ entry: inout Catalogue.File, _ rejection: Rejection) {
        if entry.rejection != rejection { newlyRejected.insert(rejection.file) }
        entry.version = nil
        entry.rejection = rejection
        entry.warnings = []
    }

    private enum Content {
        case asBefore
        case refused(String, FileStamp)
        /// Not steady: it was written while it was read, and counts until the next reading.
        case read([UInt8], FileStamp, isSteady: Bool)
    }

    private func content(
        of file: String, in folder: borrowing Descriptor, known: FileStamp?
    ) throws(SystemCallError) -> Content {
        let open =
            settings.allowUnsafe
            ? try Files.open("\(settings.directory)/\(file)") : try Files.open(file, beneath: folder)
        let status = try Files.status(of: open)
        let version = FileStamp(status)
        if let why = Self.problem(with: status, allowUnsafe: settings.allowUnsafe) { return .refused(why, version) }
        if version == known { return .asBefore }
        let bytes = try Files.read(open, limit: DescriptorDecoding.largestFile)
        let after = FileStamp(try Files.status(of: open))
        return .read(bytes, after, isSteady: after == version)
    }

    private static func problem(with status: FileStatus, allowUnsafe: Bool) -> String? {
        guard status.kind == .regular else { return "the file is \(status.kind.rawValue), not a regular file" }
        if !allowUnsafe, let why = FileSafety.problem(with: status) { return "the file \(why)" }
        return status.size > DescriptorDecoding.largestFile ? "the file is larger than 64 KiB" : nil
    }

    private static func sentence(_ error: SystemCallError, _ directory: String) -> String {
        if error.isNotFound {
            return "there is no folder \(directory); make it, or name another as descriptors.directory"
        }
        if error.isPermission {
            return "user \(Accounts.name(ofUser: Accounts.user)) may not read the folder \(directory) (\(error.reason))"
        }
        if error.isLoop { return "the folder \(directory) is a symbolic link that leads to itself; mend that link" }
        return "the folder \(directory) can't be read (\(error.call): \(error.reason))"
    }

    /// Takes up what a broken file said in an earlier run.
    private func restore(_ entry: inout Catalogue.File, _ file: String, _ name: String) {
        entry.mayRestore = false
        guard let bytes = lastGood?.read(file),
            let decoded = try? decoding.decode(bytes, name: name, file: file)
        else { return }
        entry.good = decoded.descriptor
    }

    /// Takes up everything that an earlier run knew: the folder can't be read, and that changes nothing.
    private mutating func restoreAll() {
        for file in lastGood?.names() ?? [] where catalogue.files[file] == nil {
            guard case .descriptor(let name) = DescriptorName(file: file),
                !catalogue.files.values.contains(where: { $0.good?.name == name })
            else { continue }
            var entry = Catalogue.File()
            restore(&entry, file, name)
            if entry.good != nil { catalogue.files[file] = entry }
        }
    }

    /// The names that came, changed or went.
    private static func difference(_ before: [InstanceDescriptor], _ after: [InstanceDescriptor]) -> [String] {
        let old = Dictionary(uniqueKeysWithValues: before.map { ($0.name, $0) })
        let new = Dictionary(uniqueKeysWithValues: after.map { ($0.name, $0) })
        return Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
    }
}

extension Rejection {
    /// An error in what stands beside the file, in beatd.yaml's defaults, names that place.
    package init(_ error: InputError, name: String?, file: String) {
        let line = error.place.line(in: file)
        let isElsewhere = line == nil && error.place != .file(file)
        self.init(
            name: name, file: file, line: line, key: error.key,
            error: isElsewhere ? "\(error.sentence) (\(error.place))" : error.sentence)
    }
}
