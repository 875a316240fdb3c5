internal import BeatdCore
package import Linux
package import Systemd

/// Keeps an eye on the folder of descriptors: hints, then quiet, then one reading on the worker, then a report.
///
/// A hint (inotify, a slow rescan, `rescanNow`) never says what happened; the reading does.
package final class DescriptorDirectory {
    /// Under churn the folder is read this many `settle` after the first hint at the latest.
    private static let mostSettles = 10
    /// While the folder can't be read whole, nothing may tell that it can be again.
    private static let troubledRescan = Duration.seconds(2)
    /// Copies kept in one job of the worker: each is two fsyncs, and other jobs wait.
    private static let copiesPerJob = 16

    private let loop: EventLoop
    private let worker: Worker
    private let lastGood: LastGoodFiles
    private let onReport: (DescriptorReport) -> Void
    private var settings: DescriptorSettings
    private var catalogue = Catalogue()
    private var latest: DescriptorReport?
    private var reading = Reading()
    private var timing = Timing()
    private let watches = Watches()
    private var timer: EventSource?
    /// Copies to be made, and those to be forgotten (nil), one job after the other.
    private var owed: [String: [UInt8]?] = [:]

    /// Where the one reading stands.
    private struct Reading {
        var isRunning = false
        /// Asked for while one was running: it may have passed what was meant.
        var isWantedAgain = false
        /// The settings changed: everything is to be decoded again.
        var isStale = false
        /// Callers of `rescanNow` that the next reading serves, and those that the running one does.
        var waiting: [(DescriptorReport) -> Void] = []
        var served: [(DescriptorReport) -> Void] = []
    }

    /// When to read next; nanoseconds since boot.
    private struct Timing {
        var firstHint: Int64?
        var settled: Int64?
        var rescan: Int64 = .max
    }

    /// What the kernel is asked to hint at.
    private final class Watches {
        var folder: EventSource?
        var parent: EventSource?
        var areStale = true
        /// Of the folder that was read last.
        var identity: FolderIdentity?
    }

    /// Calls `onReport` with the first reading and with each that differs from the one before.
    package init(
        loop: EventLoop, worker: Worker, settings: DescriptorSettings, stateDirectory: String,
        onReport: @escaping (DescriptorReport) -> Void
    ) throws(SystemCallError) {
        self.loop = loop
        self.worker = worker
        self.settings = settings
        self.onReport = onReport
        lastGood = LastGoodFiles(stateDirectory: stateDirectory)
        timer = try loop.timer { [unowned self] in self.wake() }
    }

    /// Reads the folder once, without a loop and without what an earlier run knew: for `check`.
    package static func readOnce(_ settings: DescriptorSettings) -> DescriptorReport {
        var scan = FolderScan(Catalogue(), settings: settings, lastGood: nil)
        return scan.run().report
    }

    /// Reads at once, and from then on whenever something changes.
    package func start() { read() }

    /// Reads now, without waiting for quiet; `then` gets what was found, after `onReport` has.
    package func rescanNow(then: @escaping (DescriptorReport) -> Void) {
        reading.waiting.append(then)
        read()
    }

    /// Takes new settings and reads everything again.
    package func configure(_ settings: DescriptorSettings) {
        guard settings != self.settings else { return }
        if settings.directory != self.settings.directory { watches.areStale = true }
        self.settings = settings
        reading.isStale = true
        read()
    }

    // MARK: Hints

    private func hint() {
        let now = Clocks.boot()
        let first = timing.firstHint ?? now
        let settle = settings.settle.nanoseconds
        timing.firstHint = first
        timing.settled = min(now + settle, first + settle * Int64(Self.mostSettles))
        arm()
    }

    private func arm() { timer?.arm(at: min(timing.settled ?? .max, timing.rescan)) }

    private func wake() {
        guard min(timing.settled ?? .max, timing.rescan) <= Clocks.boot() else { return arm() }
        read()
    }

    private func watch() {
        watches.areStale = false
        let directory = settings.directory
        let name = directory.split(separator: "/").last.map(String.init) ?? ""
        let parent = "/" + directory.split(separator: "/").dropLast().joined(separator: "/")
        // A folder that isn't there has no watch; its parent's tells when it comes, and the rescan if neither is there.
        watches.folder = try? loop.inotify(directory, for: [.content, .itself]) { [unowned self] event in
            if event.isItself { self.watches.areStale = true }
            self.hint()
        }
        watches.parent = try? loop.inotify(parent, for: [.content, .itself]) { [unowned self] event in
            guard event.isItself || event.name == nil || event.name == name else { return }
            self.watches.areStale = true
            self.hint()
        }
    }

    // MARK: Reading

    private func read() {
        guard !reading.isRunning else {
            reading.isWantedAgain = true
            return
        }
        // Watched before it is read: what happens in between is hinted at.
        if watches.areStale { watch() }
        if reading.isStale { catalogue.invalidate() }
        reading.isRunning = true
        reading.isStale = false
        reading.isWantedAgain = false
        reading.served = reading.waiting
        reading.waiting = []
        timing.firstHint = nil
        timing.settled = nil
        let scan = FolderScan(catalogue, settings: settings, lastGood: lastGood)
        worker.submit(
            { () -> FolderScan.Result in
                var scan = scan
                return scan.run()
            }, then: { [weak self] result in self?.finish(result) })
    }

    private func finish(_ result: FolderScan.Result) {
        reading.isRunning = false
        catalogue = result.catalogue
        let report = result.report
        let pause = report.problem == nil ? settings.rescan : min(settings.rescan, Self.troubledRescan)
        timing.rescan = Clocks.boot() + pause.nanoseconds
        // Another folder than before, or one that could not be read before: the watch may be on the old one or missing.
        let isNew = catalogue.folder != watches.identity && (watches.identity != nil || watches.folder == nil)
        if report.problem == nil, isNew || latest?.problem != nil {
            watches.areStale = true
            reading.isWantedAgain = true
        }
        watches.identity = catalogue.folder
        arm()
        tell(report)
        let hasJob = !owed.isEmpty
        for (file, bytes) in result.fresh { owed.updateValue(bytes, forKey: file) }
        for file in result.gone { owed.updateValue(nil, forKey: file) }
        if !hasJob { keepCopies() }
        if reading.isWantedAgain { read() }
    }

    private func tell(_ report: DescriptorReport) {
        let isNews =
            latest?.set != report.set || latest?.problem != report.problem || latest?.warnings != report.warnings
        latest = report
        if isNews { onReport(report) }
        let served = reading.served
        reading.served = []
        for then in served { then(report) }
    }

    /// Keeps copies of good files, some at a time; a state directory that can't be written costs only the copies.
    private func keepCopies() {
        let now = Array(owed.prefix(Self.copiesPerJob))
        guard !now.isEmpty else { return }
        worker.submit(
            { [lastGood] in
                for (file, bytes) in now {
                    if let bytes { try? lastGood.keep(bytes, of: file) } else { try? lastGood.forget(file) }
                }
                return true
            },
            then: { [weak self] _ in
                guard let self else { return }
                for (file, bytes) in now where self.owed[file] == .some(bytes) { self.owed[file] = nil }
                self.keepCopies()
            })
    }
}
