internal import Linux
package import Systemd

/// Keeps copies of good files, some at a time, and forgets those of files that went.
///
/// A state directory that can't be written costs only the copies; the next reading tries again.
final class CopyKeeper {
    /// Copies kept in one job: what was kept is known before the next.
    private static let copiesPerJob = 16
    /// After so many files the memory that is free again is given back to the kernel.
    private static let worthTrimming = 1000

    private let lastGood: LastGoodFiles
    private let workers: Workers
    private let mounts: Mounts
    private let patience: Duration
    private var owed: [String: ArraySlice<UInt8>?] = [:]
    private var isRunning = false
    /// How many were kept since memory was last given back.
    private var kept = 0
    private var note: (String?) -> Void = { _ in }

    init(_ lastGood: LastGoodFiles, workers: Workers, mounts: Mounts, patience: Duration) {
        self.lastGood = lastGood
        self.workers = workers
        self.mounts = mounts
        self.patience = patience
    }

    /// Where whatever asks the state directory waits for it.
    var lane: Lane { Lane(.own, key: "state", subject: mounts.subject(of: lastGood.directory)) }

    /// Tells what works less well than it should, and with nil that it is well again.
    func keep(
        _ fresh: [(file: String, bytes: ArraySlice<UInt8>)], forgetting gone: [String],
        then note: @escaping (String?) -> Void
    ) {
        for (file, bytes) in fresh { owed.updateValue(bytes, forKey: file) }
        for file in gone { owed.updateValue(nil, forKey: file) }
        self.note = note
        if !isRunning { goOn() }
    }

    private func goOn() {
        let now = Array(owed.prefix(Self.copiesPerJob))
        isRunning = !now.isEmpty
        guard isRunning else {
            owed = [:]
            return trim()
        }
        submit {
            $0.apply(now)
        } then: {
            $0.end(now, $1)
        }
    }

    private func submit<Value: Sendable>(
        _ job: @escaping @Sendable (LastGoodFiles) -> Value, then: @escaping (CopyKeeper, Value) -> Void
    ) {
        workers.submit(
            in: lane, limit: patience, { [lastGood] in job(lastGood) },
            then: { [weak self] answer in
                guard let self else { return }
                switch answer {
                case .value(let value), .late(let value): then(self, value)
                // Whether they were kept is known when it comes back.
                case .silence(let silence): tell(silence)
                case .givenUp(let silence):
                    isRunning = false
                    tell(silence)
                }
            })
    }

    private func end(_ now: [(key: String, value: ArraySlice<UInt8>?)], _ error: SystemCallError?) {
        if let error {
            let files = owed.compactMap { $0.value == nil ? nil : $0.key }.sorted()
            submit {
                $0.knowledge(of: files)
            } then: { keeper, known in
                keeper.isRunning = false
                keeper.note("copies of good files can't be kept (\(error)); a restart would know \(known)")
            }
            return
        }
        kept += now.count
        for (file, bytes) in now where owed[file] == .some(bytes) { owed[file] = nil }
        note(nil)
        goOn()
    }

    private func tell(_ silence: Silence) {
        note("copies of good files are not kept: \(silence.sentence(at: Clocks.boot()))")
    }

    /// Decoding thousands of files leaves more free memory behind than beatd needs from then on.
    private func trim() {
        guard kept >= Self.worthTrimming else { return }
        kept = 0
        workers.trimHeap()
    }
}

extension Workers {
    /// Gives memory that is free again back to the kernel, which takes its time.
    package func trimHeap() {
        submit(in: Lane(.own, key: "heap", subject: "the heap"), limit: .seconds(60), { Heap.trim() }, then: { _ in })
    }
}
