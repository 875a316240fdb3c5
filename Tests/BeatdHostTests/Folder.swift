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
        settle: Duration = .milliseconds(20), rescan: Duration = .seconds(60), allowUnsafe: Bool = false
    ) throws {
        temporary = try TemporaryDirectory()
        loop = try EventLoop()
        workers = try Workers(loop: loop)
        _ = try temporary.makeFolder("instances.d")
        settings = DescriptorSettings(
            directory: temporary.path("instances.d"), settle: settle, rescan: rescan, allowUnsafe: allowUnsafe)
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
    func restart() throws {
        directory = nil
        try start()
    }

    /// Reads now, under these settings from now on.
    @discardableResult
    func rescan(_ change: (inout DescriptorSettings) -> Void = { _ in }) throws -> DescriptorReport {
        change(&settings)
        var report: DescriptorReport?
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
