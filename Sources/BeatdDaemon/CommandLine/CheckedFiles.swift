import BeatdCore
import BeatdHost
import Linux
import Systemd

/// What `beatd check` finds in the files that it is given, judged as the daemon would.
struct CheckedFiles: Sendable {
    /// A good descriptor, and the file as people know it.
    struct Found: Sendable {
        var shown: String
        var descriptor: InstanceDescriptor
        /// Whether it was named on the command line by itself.
        var isNamed = false
    }

    let settings: DescriptorSettings
    private(set) var good: [Found] = []
    private(set) var warnings: [String] = []
    /// What is wrong, one sentence each.
    private(set) var complaints: [String] = []
    /// Whether a file that was named isn't there.
    private(set) var isMissing = false
    private var refused: Set<String> = []
    private var hasFolder = false

    init(_ settings: DescriptorSettings) { self.settings = settings }

    /// How much came of folders; nil where none was read.
    var summary: String? {
        guard hasFolder else { return nil }
        let count = good.count { !$0.isNamed }
        return "\(count) descriptor\(count == 1 ? "" : "s") good, \(refused.count) refused\n"
    }

    /// A file system that doesn't answer for longer is told; also thousands of files are read by then.
    private static let patience = Duration.seconds(10)

    /// The same as below, which waits for no file system longer than it should.
    mutating func readInstalled(_ patience: Patience) { within(patience, settings.directory) { $0.readInstalled() } }

    mutating func read(_ operand: String, _ patience: Patience) {
        // Whoever types at a terminal, or writes into a pipe, may take the time that they want.
        guard operand != "-" else { return read(operand) }
        let path = operand.hasPrefix("/") ? operand : "\(Environment.value("PWD") ?? "")/\(operand)"
        let isPipe = try? patience.run("file", at: path, within: Self.patience) {
            (try? Files.status(at: operand))?.kind == .fifo
        }
        if isPipe == true { return read(operand) }
        within(patience, path) { $0.read(operand) }
    }

    private mutating func within(
        _ patience: Patience, _ path: String, _ read: @escaping @Sendable (inout CheckedFiles) -> Void
    ) {
        let before = self
        do throws(Silence) {
            self = try patience.run("file", at: path, within: Self.patience) {
                var files = before
                read(&files)
                return files
            }
        } catch { complaints.append("\(path): \(error.sentence)") }
    }

    /// Reads the folder of descriptors as the daemon would take it.
    mutating func readInstalled() { readFolder(settings, prefix: "") }

    /// Reads a file, the files of a folder, or standard input.
    mutating func read(_ operand: String) {
        let status = operand == "-" ? nil : try? Files.status(at: operand)
        guard status?.kind == .directory else { return readFile(operand, isPipe: status?.kind == .fifo) }
        var settings = settings
        // Owner and mode count where the daemon reads.
        if !FileSafety.isSame(operand, settings.directory) { settings.allowUnsafe = true }
        settings.directory = operand
        readFolder(settings, prefix: operand.hasSuffix("/") ? operand : operand + "/")
    }

    /// Of two files with the same instance the later by name is refused (contract 3.6).
    mutating func refuseTwins(among addresses: AddressSet) {
        var holders: [WireIdentity: String] = [:]
        var twins: Set<String> = []
        for found in good.sorted(by: { $0.descriptor.name.utf8.lexicographicallyPrecedes($1.descriptor.name.utf8) }) {
            let descriptor = found.descriptor
            guard let ip = addresses.advertised(descriptor.address, current: nil) else { continue }
            let identity = descriptor.instance(at: ip).identity
            guard let holder = holders[identity], holder != found.shown else {
                holders[identity] = found.shown
                continue
            }
            twins.insert(found.shown)
            complaints.append(Rejection(name: nil, file: found.shown, twinOf: holder).text)
        }
        good.removeAll { twins.contains($0.shown) }
        refused.formUnion(twins)
    }

    private mutating func readFolder(_ settings: DescriptorSettings, prefix: String) {
        hasFolder = true
        let report = DescriptorReport.read(settings)
        for (_, warnings) in report.warnings.sorted(by: { $0.key < $1.key }) {
            self.warnings += warnings.map { "\(prefix)\($0)" }
        }
        for first in report.set.rejected {
            refused.insert(prefix + first.file)
            for rejection in [first] + (report.further[first.file] ?? []) { complaints.append(prefix + rejection.text) }
        }
        if let problem = report.problem { complaints.append(problem) }
        good += report.set.accepted.map { Found(shown: prefix + $0.file, descriptor: $0) }
    }

    private mutating func readFile(_ operand: String, isPipe: Bool) {
        let shown = operand == "-" ? "standard input" : operand
        let bytes: [UInt8]
        do throws(SystemCallError) {
            let isJudged = operand != "-" && FileSafety.isInside(operand, folder: settings.directory)
            let file: Descriptor
            if operand == "-" {
                file = try Files.standardInput()
            } else {
                // A shell's <(...) is a pipe, and worth waiting for; what the daemon reads is none.
                file = isPipe && !isJudged ? try Files.openWaiting(operand) : try Files.open(operand)
            }
            if isJudged, DescriptorName(file: Self.last(operand)) == .ignored {
                warnings.append("\(shown): beatd reads no file of this name, only NAME.yaml, NAME.yml and NAME.json")
            }
            if isJudged, let why = problem(with: try Files.status(of: file), named: operand) {
                return complaints.append("\(shown): \(why)")
            }
            bytes = try Files.read(file, limit: DescriptorDecoding.largestFile + 1)
        } catch {
            isMissing = isMissing || error.isNotFound
            let isLink = error.isNotFound && (try? Files.target(ofLink: operand)) != nil
            let isNothing = error.isNotFound && !isLink
            return complaints.append(
                isNothing ? "no such file: \(shown)" : "\(shown): \(FileSafety.sentence(error))")
        }
        let decoding = DescriptorDecoding(defaults: settings.defaults)
        do throws(InputError) {
            let decoded = try decoding.decode(bytes, name: Self.name(of: operand), file: shown)
            let addresses = HostAddresses.read()
            if let error = decoded.foreignProbe(in: addresses) { throw error }
            let address = decoded.descriptor.addressWarning(in: addresses)
            warnings += (decoded.warnings + [address].compactMap(\.self)).map(\.description)
            good.append(Found(shown: shown, descriptor: decoded.descriptor, isNamed: true))
        } catch {
            complaints += decoding.errors(bytes, file: shown, first: error).map(\.description)
        }
    }

    /// What the daemon would say of a file in its folder before it reads it.
    private func problem(with status: FileStatus, named operand: String) -> String? {
        if case .refused(let why) = DescriptorName(file: Self.last(operand)) { return why }
        guard status.kind == .regular else { return "the file is \(status.kind.rawValue), not a regular file" }
        return settings.allowUnsafe ? nil : FileSafety.problem(with: status).map { "the file \($0)" }
    }

    /// What stands before the suffix of the file's name, of whatever form.
    private static func name(of operand: String) -> String {
        let last = last(operand)
        return last.lastIndex(of: ".").map { String(last[..<$0]) } ?? last
    }

    private static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
