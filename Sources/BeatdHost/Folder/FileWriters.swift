internal import BeatdCore
internal import Systemd

/// How long a file that somebody writes is waited for.
package struct WritingLimits: Hashable, Sendable {
    /// Without a change it counts as written, closed or not.
    package var quiet = Duration.seconds(5)
    /// It is read as it is, also while it changes.
    package var most = Duration.seconds(30)

    package init() {}
}

/// Which files of the folder are being written, as far as hints tell: they are read when they are closed.
///
/// What was opened before the folder was watched can't be told.
struct FileWriters: Sendable {
    private struct Writer {
        /// Nanoseconds since boot.
        var first: Int64
        var last: Int64
        /// Nothing was written since the name came: it may be a link.
        var isNew: Bool
    }

    let limits: WritingLimits
    private var writers: [String: Writer] = [:]
    /// Files that were closed, or moved here whole, since the last reading: what they say is what was meant.
    private var finished: Set<String> = []
    /// When the first one is waited for no longer, or earlier; nanoseconds since boot.
    private(set) var due = Int64.max

    init(limits: WritingLimits) { self.limits = limits }

    /// Takes up a hint; whether the folder is to be read for it.
    mutating func heard(_ event: FolderEvent, at now: Int64) -> Bool {
        if event.change == .lost { writers = [:] }
        guard let file = event.name, DescriptorName(file: file) != .ignored else { return event.change != .modified }
        switch event.change {
        case .created: begin(file, at: now, isNew: true)
        case .modified:
            begin(file, at: now, isNew: false)
            return false
        case .finished:
            writers[file] = nil
            if finished.count < FolderScan.mostFiles { finished.insert(file) }
        case .gone: writers[file] = nil
        case .other, .lost: break
        }
        return true
    }

    private mutating func begin(_ file: String, at now: Int64, isNew: Bool) {
        guard writers[file] != nil || writers.count < FolderScan.mostFiles else { return }
        writers[file] = Writer(first: writers[file]?.first ?? now, last: now, isNew: isNew)
        finished.remove(file)
        due = min(due, now + min(limits.quiet, limits.most).nanoseconds)
    }

    /// Waits no longer for those that are due; whether there were any.
    mutating func release(at now: Int64) -> Bool {
        guard due <= now else { return false }
        let count = writers.count
        due = .max
        for (file, writer) in writers {
            let end = min(writer.last + limits.quiet.nanoseconds, writer.first + limits.most.nanoseconds)
            if end <= now {
                writers[file] = nil
                finished.insert(file)
            } else {
                due = min(due, end)
            }
        }
        return writers.count < count
    }

    /// What a reading that begins now has to know; what was finished until now is its own.
    mutating func forReading() -> FileWriters {
        defer { finished = [] }
        return self
    }

    /// The reading didn't come to the files: what it knew is for the next one.
    mutating func giveBack(_ reading: FileWriters) { finished.formUnion(reading.finished.subtracting(writers.keys)) }

    /// Whether the file is to be left alone; `isLink`: it came by link(2) or symlink(2), which nobody closes.
    func isWriting(_ file: String, isLink: Bool) -> Bool { writers[file].map { !($0.isNew && isLink) } ?? false }

    /// Whether somebody was heard to be done with it.
    func isFinished(_ file: String) -> Bool { finished.contains(file) }
}
