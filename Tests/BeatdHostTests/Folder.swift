import BeatdCore
import BeatdHost
import Glibc
import Linux
import Systemd
import TestSupport

/// A folder of descriptors and a state directory with the driver that reads them.
final class Folder {
    let temporary: TemporaryDirectory
    let loop: EventLoop
    private let workers: Workers
    private var settings: DescriptorSettings
    private var directory: DescriptorDirectory?
    private(set) var reports: [DescriptorReport] = []

    init(
        settle: Duration = .milliseconds(20), rescan: Duration = .seconds(60), allowUnsafe: Bool = false,
        quiet: Duration = .zero, most: Duration = .seconds(30), patience: Duration = .seconds(20),
        through path: String = "instances.d"
    ) throws {
        temporary = try TemporaryDirectory()
        loop = try EventLoop()
        workers = try Workers(loop: loop)
        _ = try temporary.makeFolder("instances.d")
        settings = DescriptorSettings(
            directory: temporary.path(path), settle: settle, rescan: rescan, allowUnsafe: allowUnsafe)
        settings.writing.quiet = quiet
        settings.writing.most = most
        settings.patience = patience
    }

    /// What is still written would bring the removed folder back.
    deinit {
        directory = nil
        try? wait { workers.isIdle }
    }

    /// The folder of descriptors.
    var path: String { settings.directory }
    var latest: DescriptorReport? { reports.last }
    /// NAMEs in force.
    var names: [String] { latest?.set.accepted.map(\.name) ?? [] }

    /// Files that have a copy in the state directory.
    var copies: [String] {
        guard let folder = try? Files.openFolder(temporary.path("state/last-good")) else { return [] }
        return ((try? Files.names(in: folder)) ?? []).filter { !$0.hasSuffix(".tmp") }
    }

    /// Begins, and waits for the first report.
    func start() throws {
        let count = reports.count
        directory = try DescriptorDirectory(
            loop: loop, workers: workers, settings: settings, stateDirectory: temporary.path("state")
        ) { [unowned self] in self.reports.append($0) }
        directory?.start()
        try wait { reports.count > count }
    }

    /// What a new beatd would know.
    func restart(_ change: (inout DescriptorSettings) -> Void = { _ in }) throws {
        stop()
        change(&settings)
        try start()
    }

    func stop() { directory = nil }

    /// Reads now, under these settings from now on.
    @discardableResult
    func rescan(_ change: (inout DescriptorSettings) -> Void = { _ in }) throws -> DescriptorReport {
        change(&settings)
        var report: DescriptorReport?
        // Who asks the daemon is answered after the hints that came before.
        while try loop.turn(timeout: .zero) {}
        ask { report = $0 }
        try wait { report != nil }
        guard let report else { throw Unexpected() }
        return report
    }

    /// Asks for a reading, and waits for nothing.
    func ask(_ then: @escaping (DescriptorReport) -> Void) { directory?.rescanNow(with: settings, then: then) }

    func wait(limit: Duration = .seconds(20), until predicate: () throws -> Bool) throws {
        try turn(loop, limit: limit, until: predicate)
    }

    func move(_ text: String, to name: String) throws {
        try temporary.write(text, to: ".new")
        try rename(".new", to: "instances.d/\(name)")
    }

    func write(_ text: String, to name: String) throws { try temporary.write(text, to: "instances.d/\(name)") }

    func remove(_ name: String) { temporary.remove(name: "instances.d/\(name)") }

    /// Makes a symbolic link in the temporary folder, or puts it in the place of another as a deployment does.
    func link(_ name: String, to target: String) throws {
        guard unsafe symlink(target, temporary.path(".link")) == 0 else {
            throw SystemCallError(call: "symlink", code: errno, subject: name)
        }
        try rename(".link", to: name)
    }

    /// Begins a file and leaves it open.
    func open(_ name: String, saying text: String) throws -> OpenFile {
        let file = try OpenFile(temporary.path("instances.d/\(name)"))
        try file.write(text)
        return file
    }

    /// Puts another folder in the place of this one, as a deployment does.
    func swap(_ next: String) throws {
        try rename("instances.d", to: "old")
        try rename(next, to: "instances.d")
    }

    private func rename(_ from: String, to: String) throws {
        guard unsafe Glibc.rename(temporary.path(from), temporary.path(to)) == 0 else {
            throw SystemCallError(call: "rename", code: errno, subject: from)
        }
    }

    func setMode(_ mode: UInt32, of name: String) throws {
        try Files.setMode(mode, of: temporary.path("instances.d/\(name)"))
    }

    /// Gives a name in the folder to somebody else; needs root.
    func setOwner(_ user: UInt32, of name: String) throws {
        guard unsafe lchown(temporary.path("instances.d/\(name)"), user, user) == 0 else {
            throw SystemCallError(call: "lchown", code: errno, subject: name)
        }
    }
}

/// A file that somebody writes.
final class OpenFile {
    private var number: Int32

    init(_ path: String) throws {
        number = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw SystemCallError(call: "open", code: errno, subject: path) }
    }

    deinit { close() }

    func write(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard unsafe Glibc.write(number, bytes, bytes.count) == bytes.count else { throw Unexpected() }
    }

    func close() {
        if number >= 0 { _ = Glibc.close(number) }
        number = -1
    }
}
