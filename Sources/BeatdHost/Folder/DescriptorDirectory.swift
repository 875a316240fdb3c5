internal import BeatdCore
package import Linux
package import Systemd

/// Keeps an eye on the folder of descriptors: hints, then quiet, then one reading on a thread, then a report.
///
/// A hint (inotify, a slow rescan, `rescanNow`) never says what happened; the reading does.
package final class DescriptorDirectory {
    /// Under churn the folder is read this many `settle` after the first hint at the latest.
    private static let mostSettles = 10
    /// While the folder can't be read whole, nothing may tell that it can be again.
    private static let troubledRescan = Duration.seconds(2)
    /// Copies kept in one job: what was kept is known before the next.
    private static let copiesPerJob = 16
    /// What doesn't answer for longer is told.
    private static let patience = Duration.seconds(10)
    /// After so many files the memory that is free again is given back to the kernel.
    private static let worthTrimming = 1000

    private let loop: EventLoop
    private let workers: Workers
    private let lastGood: LastGoodFiles
    private let onReport: (DescriptorReport) -> Void
    private var settings: DescriptorSettings
    private var catalogue = Catalogue()
    private var latest: DescriptorReport?
    private var reading = Reading()
    private var timing = Timing()
    private let watches = Watches()
    private var writers: FileWriters
    private var notices = Notices()
    private var copies = Copies()

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
        /// What readings brought that ended while somebody waited for a later one: it is told with that.
        var brought: DescriptorReport?
    }

    /// When to read next; nanoseconds since boot.
    private struct Timing {
        var firstHint: Int64?
        var settled: Int64?
        var rescan: Int64 = .max
        /// When a file that was refused while somebody may have been writing it is old enough to be told.
        var held: Int64?
    }

    /// What the kernel is asked to hint at.
    private final class Watches {
        var timer: EventSource?
        var folder: EventSource?
        /// The folders above: of the folder itself, and of each link that leads to it.
        var above: [LinkWatch] = []
        var links: [FolderLink] = []
        var areStale = true
        /// Of the folder that was read last.
        var identity: FolderIdentity?
    }

    /// Copies of good files to be made, and those to be forgotten (nil), one job after the other.
    private struct Copies {
        var owed: [String: ArraySlice<UInt8>?] = [:]
        var isRunning = false
        /// How many were kept since memory was last given back.
        var kept = 0
    }

    /// What works less well than it should.
    private struct Notices: Equatable {
        var hints: String?
        var copies: String?
    }

    /// Calls `onReport` with the first reading and with each that differs from the one before.
    package init(
        loop: EventLoop, workers: Workers, settings: DescriptorSettings, stateDirectory: String,
        onReport: @escaping (DescriptorReport) -> Void
    ) throws(SystemCallError) {
        self.loop = loop
        self.workers = workers
        self.settings = settings
        self.onReport = onReport
        writers = FileWriters(limits: settings.writing)
        lastGood = LastGoodFiles(stateDirectory: stateDirectory)
        watches.timer = try loop.timer { [unowned self] in self.wake() }
    }

    /// Reads at once, and from then on whenever something changes.
    package func start() { read() }

    /// Reads now, without waiting for quiet; `then` gets what was found since this call, after `onReport` has.
    ///
    /// Under other settings than before everything is decoded again.
    package func rescanNow(with settings: DescriptorSettings, then: @escaping (DescriptorReport) -> Void) {
        if settings != self.settings {
            if settings.directory != self.settings.directory { watches.areStale = true }
            self.settings = settings
            reading.isStale = true
        }
        reading.waiting.append(then)
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

    private func arm() {
        let next = min(timing.settled ?? .max, timing.rescan, timing.held ?? .max, writers.due)
        if next < .max { watches.timer?.arm(at: next) }
    }

    private func wake() {
        let now = Clocks.boot()
        let isDue = min(timing.settled ?? .max, timing.rescan, timing.held ?? .max) <= now
        guard writers.release(at: now) || isDue else { return arm() }
        read()
    }

    private func watch() {
        watches.areStale = false
        watches.links = catalogue.links
        // Who wrote under the old watch is not heard to close under the new one.
        writers = FileWriters(limits: settings.writing)
        let directory = settings.directory
        let pause = DurationText.text(settings.rescan)
        // A folder that isn't there has no watch; its parent's tells when it comes, and the rescan if neither is there.
        watches.folder = nil
        do throws(SystemCallError) {
            watches.folder = try loop.inotify(directory, for: [.content, .itself]) { [unowned self] event in
                if event.isItself { self.watches.areStale = true }
                if self.writers.heard(event, at: Clocks.boot()) { self.hint() } else { self.arm() }
            }
            notices.hints = nil
        } catch {
            notices.hints =
                error.isNotFound || error.isPermission
                ? nil : "changes in \(directory) are seen only every \(pause) (\(error.call): \(error.reason))"
        }
        let parts = directory.split(separator: "/")
        let parent = FolderLink(
            folder: "/" + parts.dropLast().joined(separator: "/"), name: parts.last.map(String.init) ?? "")
        watches.above = []
        try? watch(parent)
        for link in watches.links {
            do throws(SystemCallError) { try watch(link) } catch {
                notices.hints =
                    "a change of the link \(link.path) is seen only every \(pause) (\(error.call): \(error.reason))"
            }
        }
    }

    private func watch(_ link: FolderLink) throws(SystemCallError) {
        let watch = try LinkWatch(link, loop: loop) { [unowned self] in
            self.watches.areStale = true
            self.hint()
        }
        watches.above.append(watch)
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
        timing.held = nil
        let scan = FolderScan(
            catalogue, settings: settings, lastGood: lastGood, writers: writers.forReading())
        workers.submit(
            in: Lane(.own, key: "folder", subject: "the folder \(settings.directory)"), limit: Self.patience,
            { () -> FolderScan.Result in
                var scan = scan
                return scan.run()
            },
            then: { [weak self] answer in
                switch answer {
                case .value(let result), .late(let result): self?.finish(result)
                case .silence, .givenUp: break
                }
            })
    }

    private func finish(_ result: FolderScan.Result) {
        reading.isRunning = false
        catalogue = result.catalogue
        let report = result.report
        let pause = report.problem == nil ? settings.rescan : min(settings.rescan, Self.troubledRescan)
        timing.rescan = Clocks.boot() + pause.nanoseconds
        timing.held = result.heldFor.map { Clocks.boot() + $0.nanoseconds }
        if report.problem != nil, let read = result.writers { writers.giveBack(read) }
        // Another folder than before, or one that could not be read before: the watch may be on the old one or missing.
        let isNew = catalogue.folder != watches.identity && (watches.identity != nil || watches.folder == nil)
        if report.problem == nil && (isNew || latest?.problem != nil) || catalogue.links != watches.links {
            watches.areStale = true
            reading.isWantedAgain = true
        }
        watches.identity = catalogue.folder
        arm()
        tell(report)
        for (file, bytes) in result.fresh { copies.owed.updateValue(bytes, forKey: file) }
        for file in result.gone { copies.owed.updateValue(nil, forKey: file) }
        if !copies.isRunning { keepCopies() }
        if reading.isWantedAgain { read() }
    }

    private func tell(_ found: DescriptorReport) {
        var report = found
        report.notices = [notices.hints, notices.copies].compactMap(\.self)
        let isNews =
            latest?.set != report.set || latest?.problem != report.problem || latest?.warnings != report.warnings
            || latest?.notices != report.notices
        latest = report.asKnown
        if isNews { onReport(report) }
        let served = reading.served
        reading.served = []
        let whole = reading.brought.map { report.with($0) } ?? report
        reading.brought = reading.waiting.isEmpty ? nil : whole
        for then in served { then(whole) }
    }

    /// Keeps copies of good files, some at a time.
    ///
    /// A state directory that can't be written costs only the copies; the next reading tries again.
    private func keepCopies() {
        let now = Array(copies.owed.prefix(Self.copiesPerJob))
        copies.isRunning = !now.isEmpty
        guard copies.isRunning else {
            copies.owed = [:]
            return trim()
        }
        submit {
            $0.apply(now)
        } then: {
            $0.kept(now, $1)
        }
    }

    private func submit<Value: Sendable>(
        _ job: @escaping @Sendable (LastGoodFiles) -> Value, then: @escaping (DescriptorDirectory, Value) -> Void
    ) {
        workers.submit(
            in: Lane(.own, key: "copies", subject: "the folder \(lastGood.directory)"), limit: Self.patience,
            { [lastGood] in job(lastGood) },
            then: { [weak self] answer in
                switch answer {
                case .value(let value), .late(let value): if let self { then(self, value) }
                case .silence(let silence): self?.note(copiesAreLate: silence)
                case .givenUp(let silence):
                    self?.copies.isRunning = false
                    self?.note(copiesAreLate: silence)
                }
            })
    }

    private func kept(_ now: [(key: String, value: ArraySlice<UInt8>?)], _ error: SystemCallError?) {
        if let error {
            let owed = copies.owed.compactMap { $0.value == nil ? nil : $0.key }.sorted()
            submit {
                $0.knowledge(of: owed)
            } then: { directory, known in
                directory.copies.isRunning = false
                directory.note(copies: "copies of good files can't be kept (\(error)); a restart would know \(known)")
            }
            return
        }
        copies.kept += now.count
        for (file, bytes) in now where copies.owed[file] == .some(bytes) { copies.owed[file] = nil }
        note(copies: nil)
        keepCopies()
    }

    /// Decoding thousands of files leaves more free memory behind than beatd needs from then on.
    private func trim() {
        guard copies.kept >= Self.worthTrimming else { return }
        copies.kept = 0
        workers.trimHeap()
    }

    private func note(copiesAreLate silence: Silence) {
        note(copies: "copies of good files are not kept: \(silence.sentence(at: Clocks.boot()))")
    }

    private func note(copies notice: String?) {
        guard notices.copies != notice else { return }
        notices.copies = notice
        guard let report = latest, !reading.isRunning else { return }
        tell(report)
    }
}

extension Workers {
    /// Gives memory that is free again back to the kernel, which takes its time.
    package func trimHeap() {
        submit(in: Lane(.own, key: "heap", subject: "the heap"), limit: .seconds(60), { Heap.trim() }, then: { _ in })
    }
}
