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
    private let loop: EventLoop
    private let workers: Workers
    private let lastGood: LastGoodFiles
    private let onReport: (DescriptorReport) -> Void
    private var settings: DescriptorSettings
    private var catalogue = Catalogue()
    private var latest: DescriptorReport?
    private var reading = Reading()
    private var timing = Timing()
    private var watches = Watches()
    private let mounts = Mounts()
    private var writers: FileWriters
    private var notices = Notices()
    private let copies: CopyKeeper

    /// What a reading brings.
    private struct Found: Sendable {
        var heard: FolderWatch.Result?
        var result: FolderScan.Result
    }

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
        /// Names the latest one: an older one may still come back from a file system that hung.
        var number = 0
        /// What it was told of files that are being written.
        var writers: FileWriters?
        /// The folder's file system doesn't answer; read again when it does.
        var silence: Silence?
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
    private struct Watches: ~Copyable {
        var timer: EventSource?
        var source: EventSource?
        var heard: FolderWatch.Result?
        var links: [FolderLink] = []
        var areStale = true
        /// Of the folder that was read last.
        var identity: FolderIdentity?
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
        copies = CopyKeeper(lastGood, workers: workers, mounts: mounts, patience: settings.patience)
        watches.timer = try loop.timer { [unowned self] in self.wake() }
    }

    /// Reads at once, and from then on whenever something changes.
    package func start() { read() }

    /// Why the folder can't be read whole, as it is now; nil where it could.
    package var problem: String? { reading.silence.map(sentence) ?? latest?.problem }

    private func sentence(_ silence: Silence) -> String {
        "the folder \(settings.directory) can't be read (\(silence.sentence(at: Clocks.boot())))"
    }

    /// Reads now, without waiting for quiet; `then` gets what was found since this call, after `onReport` has.
    ///
    /// Under other settings than before everything is decoded again.
    package func rescanNow(with settings: DescriptorSettings, then: @escaping (DescriptorReport) -> Void) {
        if settings != self.settings {
            if settings.directory != self.settings.directory {
                watches.areStale = true
                // The other one may answer.
                reading.silence = nil
                if reading.isRunning { abandonReading() }
            }
            self.settings = settings
            reading.isStale = true
        }
        reading.waiting.append(then)
        guard reading.silence == nil else {
            timing.settled = Clocks.boot()
            return arm()
        }
        read()
    }

    /// Whatever the running one brings, it is of the wrong folder.
    private func abandonReading() {
        reading.number += 1
        reading.isRunning = false
        reading.waiting += reading.served
        reading.served = []
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

    private func heard(_ watch: FolderHints.Watch?, _ event: FolderEvent) {
        guard let heard = watches.heard else { return }
        if watch == nil || watch == heard.folder {
            if event.isItself { watches.areStale = true }
            if writers.heard(event, at: Clocks.boot()) { hint() } else { arm() }
        }
        let links = watch.flatMap { heard.above[$0] } ?? []
        guard links.contains(where: { event.isItself || event.name == nil || event.name == $0.name }) else { return }
        watches.areStale = true
        hint()
    }

    /// The watches that the next reading is to make before it reads; nil where those that are there will do.
    private func renewedWatch() -> (FolderWatch, FolderHints)? {
        guard watches.areStale else { return nil }
        watches.areStale = false
        watches.links = catalogue.links
        watches.source = nil
        watches.heard = nil
        // Who wrote under the old watch is not heard to close under the new one.
        writers = FileWriters(limits: settings.writing)
        let pause = DurationText.text(settings.rescan)
        do throws(SystemCallError) {
            return (FolderWatch(directory: settings.directory, links: watches.links, pause: pause), try FolderHints())
        } catch {
            notices.hints = FolderWatch.notice(of: settings.directory, pause, error)
            return nil
        }
    }

    private func listen(to heard: FolderWatch.Result) {
        notices.hints = heard.notice
        do throws(SystemCallError) {
            watches.source = try heard.hints.listen(on: loop) { [unowned self] in self.heard($0, $1) }
            watches.heard = heard
        } catch {
            let pause = DurationText.text(settings.rescan)
            notices.hints = FolderWatch.notice(of: settings.directory, pause, error)
        }
    }

    // MARK: Reading

    private func read() {
        guard !reading.isRunning else {
            reading.isWantedAgain = true
            return
        }
        timing.firstHint = nil
        timing.settled = nil
        guard reading.silence == nil else { return tellSilence() }
        timing.held = nil
        if reading.isStale { catalogue.invalidate() }
        reading.isRunning = true
        reading.isStale = false
        reading.isWantedAgain = false
        reading.number += 1
        reading.served += reading.waiting
        reading.waiting = []
        // The state directory may hang where the folder doesn't: then it is read as if no copy was kept.
        let number = reading.number
        workers.submit(
            in: copies.lane, limit: settings.patience, { [lastGood] in lastGood.answers },
            then: { [weak self] answer in
                guard let self else { return }
                switch answer {
                case .value: if number == reading.number { scan(number, lastGood) }
                case .silence, .givenUp: if number == reading.number { scan(number, nil) }
                // What couldn't be kept can be now.
                case .late: read()
                }
            })
    }

    private func scan(_ number: Int, _ lastGood: LastGoodFiles?) {
        // Watched before it is read: what happens in between is hinted at.
        let watch = renewedWatch()
        reading.writers = writers.forReading()
        let scan = FolderScan(catalogue, settings: settings, lastGood: lastGood, writers: reading.writers)
        workers.submit(
            in: Lane(.own, key: "folder \(settings.directory)", subject: mounts.subject(of: settings.directory)),
            limit: settings.patience,
            { () -> Found in
                let heard = watch.map { $0.perform($1) }
                var scan = scan
                return Found(heard: heard, result: scan.run())
            }, then: { [weak self] in self?.take($0, number) })
    }

    private func take(_ answer: Answer<Found>, _ number: Int) {
        switch answer {
        case .value(let found), .late(let found):
            guard number == reading.number else {
                // Another reading found this folder silent; now it answers.
                guard reading.silence != nil else { return }
                reading.silence = nil
                return read()
            }
            reading.silence = nil
            if let heard = found.heard { listen(to: heard) }
            finish(found.result)
        case .silence(let silence), .givenUp(let silence):
            guard number == reading.number else { return }
            reading.isRunning = false
            reading.silence = silence
            timing.rescan = .max
            if let read = reading.writers { writers.giveBack(read) }
            restore(number)
        }
    }

    /// A folder that can't be read changes nothing: after a start that is what an earlier run knew.
    private func restore(_ number: Int) {
        guard !catalogue.wasComplete, let silence = reading.silence else { return tellSilence() }
        let problem = sentence(silence)
        let scan = FolderScan(catalogue, settings: settings, lastGood: lastGood, writers: nil)
        workers.submit(
            in: copies.lane, limit: settings.patience,
            { () -> FolderScan.Result in
                var scan = scan
                return scan.giveUp(problem)
            },
            then: { [weak self] answer in
                guard let self, number == reading.number, reading.silence != nil else { return }
                if case .value(let result) = answer { catalogue = result.catalogue }
                tellSilence()
            })
    }

    private func tellSilence() {
        guard let silence = reading.silence else { return }
        reading.served += reading.waiting
        reading.waiting = []
        tell(
            DescriptorReport(
                set: catalogue.set(complete: false), problem: sentence(silence),
                warnings: catalogue.warnings))
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
        let isNew = catalogue.folder != watches.identity && (watches.identity != nil || watches.heard?.folder == nil)
        if report.problem == nil && (isNew || latest?.problem != nil) || catalogue.links != watches.links {
            watches.areStale = true
            reading.isWantedAgain = true
        }
        watches.identity = catalogue.folder
        arm()
        tell(report)
        copies.keep(result.fresh, forgetting: result.gone) { [weak self] in self?.note(copies: $0) }
        if reading.isWantedAgain { read() }
    }

    private func tell(_ found: DescriptorReport) {
        var report = found
        report.notices = [notices.hints, notices.copies].compactMap(\.self)
        // How long a file system has been silent is no news.
        let isRepeated = reading.silence != nil && latest?.problem != nil
        let isNews =
            latest?.set != report.set || latest?.problem != report.problem && !isRepeated
            || latest?.warnings != report.warnings
            || latest?.notices != report.notices
        latest = report.asKnown
        if isNews { onReport(report) }
        let served = reading.served
        reading.served = []
        let whole = reading.brought.map { report.with($0) } ?? report
        reading.brought = reading.waiting.isEmpty ? nil : whole
        for then in served { then(whole) }
    }

    private func note(copies notice: String?) {
        guard notices.copies != notice else { return }
        notices.copies = notice
        guard let report = latest, !reading.isRunning else { return }
        tell(report)
    }
}
