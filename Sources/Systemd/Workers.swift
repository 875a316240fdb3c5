package import Linux

/// Threads beside the loop, for what may block or hang: files, other processes' memory, names, fsync.
///
/// Jobs are values, and what they give comes back on the loop. Each waits in a lane; a lane has one thread at most, so
/// what hangs costs its own place only. Nothing ever waits for a thread to end. Signals never go to one.
package final class Workers {
    /// All that may ever hang at once, and so the most threads; made when they are needed.
    package static let mostThreads = Lane.Kind.allCases.reduce(0) { $0 + $1.mostThreads }
    /// What is done behind a job older than this is told without it; what waits behind it may be told its silence.
    package static let patience = Duration.milliseconds(50)
    /// A loop that slept longer than this can't say that a thread did, after a suspend or a SIGSTOP.
    private static let longestNap = Duration.seconds(1)
    /// More jobs than this wait only through a bug of ours: who submits waits for the end of what was submitted before.
    private static let mostWaiting = 1 << 24

    private let exchange: JobExchange
    private var waiting: [UInt64: Entry] = [:]
    /// Of `waiting`, how many were not told of a silence.
    private var untold = 0
    /// The job that hangs, by lane.
    private var silent: [Lane: (number: UInt64, silence: Silence)] = [:]
    /// Submitted to a lane that doesn't answer; told in a turn of their own.
    private var refused: [(Outcome) -> Void] = []
    private var refusals: [Silence] = []
    private var issued: UInt64 = 0
    private var results: EventSource?
    private var refusing: EventSource?
    private var timer: EventSource?
    private var due: Int64?

    private struct Entry {
        let lane: Lane
        let submitted: Int64
        let limit: Int64
        var isTold = false
        let tell: (Outcome) -> Void
    }

    private enum Outcome {
        case value(any Sendable)
        case silence(Silence)
        case late(any Sendable)
        case givenUp(Silence)
    }

    /// Starts the first thread, so that there is always one.
    package init(loop: EventLoop) throws(SystemCallError) {
        exchange = try JobExchange()
        results = try loop.watch(exchange.descriptor, for: .read) { [unowned self] _ in self.deliver() }
        refusing = try loop.deferred { [unowned self] in self.refuse() }
        timer = try loop.timer { [unowned self] in self.look() }
        try exchange.startThread()
    }

    /// Idle threads end; one that hangs ends when it comes back, and nobody waits for it.
    deinit { exchange.stop() }

    /// Whether nothing is out: no job waits, runs or hangs.
    package var isIdle: Bool { waiting.isEmpty && refused.isEmpty }

    /// Jobs that run past their limit, longest first.
    package var hanging: [Silence] {
        silent.values.map(\.silence).sorted { ($0.since ?? 0, $0.subject) < ($1.since ?? 0, $1.subject) }
    }

    /// What threads wait for that don't get on: whoever ends now may be kept by the kernel until they do.
    package var stuck: [String] {
        let now = Clocks.boot()
        let slow = exchange.running.filter { now - $0.value.began >= Self.patience.nanoseconds }
        return Set(slow.keys.map(\.subject)).sorted()
    }

    /// What a lane is silent about; nil while it answers.
    package func silence(of lane: Lane) -> Silence? { silent[lane]?.silence }

    /// Runs `job` on a thread when its turn in the lane comes, and `then` on the loop, later.
    ///
    /// A job has `limit` from its beginning, and one that waits behind another as long from now. To a lane where one hangs
    /// past its limit nothing is given until that one returned: the answer is `givenUp`, at once.
    package func submit<Value: Sendable>(
        in lane: Lane, limit: Duration, _ job: @escaping @Sendable () -> Value, then: @escaping (Answer<Value>) -> Void
    ) {
        let tell = { (outcome: Outcome) in
            switch outcome {
            case .silence(let silence): then(.silence(silence))
            case .value(let value): then(.value(Self.unpack(value)))
            case .late(let value): then(.late(Self.unpack(value)))
            case .givenUp(let silence): then(.givenUp(silence))
            }
        }
        if let silence = silence(of: lane) {
            refused.append(tell)
            refusals.append(silence)
            refusing?.arm()
            return
        }
        precondition(waiting.count < Self.mostWaiting, "more jobs wait for threads than anybody could have submitted")
        issued += 1
        let now = Clocks.boot()
        waiting[issued] = Entry(lane: lane, submitted: now, limit: limit.nanoseconds, tell: tell)
        untold += 1
        if due == nil { arm(at: now + Self.patience.nanoseconds) }
        exchange.add(issued, to: lane, job)
    }

    private static func unpack<Value: Sendable>(_ value: any Sendable) -> Value {
        guard let value = value as? Value else { preconditionFailure("a job gave a value of another kind") }
        return value
    }

    private func arm(at time: Int64) {
        due = time
        timer?.arm(at: time)
    }

    private func deliver() {
        for (number, value) in exchange.take() {
            guard let entry = waiting.removeValue(forKey: number) else { continue }
            if silent[entry.lane]?.number == number { silent[entry.lane] = nil }
            if entry.isTold {
                entry.tell(.late(value))
            } else {
                untold -= 1
                entry.tell(.value(value))
            }
        }
        if untold == 0 {
            due = nil
            timer?.disarm()
        }
    }

    private func refuse() {
        let (tells, silences) = (refused, refusals)
        (refused, refusals) = ([], [])
        for (tell, silence) in zip(tells, silences) { tell(.givenUp(silence)) }
    }

    /// Looks for jobs that are past their limit, and fetches what is done behind none.
    private func look() {
        let now = Clocks.boot()
        let isLate = now - (due ?? now) > Self.longestNap.nanoseconds
        due = nil
        deliver()
        guard untold > 0 else { return }
        let running = exchange.running
        let next = isLate ? now : tellOverdue(running, at: now)
        guard untold > 0 else { return }
        // Who was told may have submitted what `next` doesn't know of: that has armed the timer by itself.
        arm(at: max(min(next, due ?? .max), now + Self.patience.nanoseconds))
    }

    /// Gives when to look again.
    private func tellOverdue(_ running: [Lane: JobExchange.Running], at now: Int64) -> Int64 {
        let patience = Self.patience.nanoseconds
        var next = Int64.max
        // While a lane gets on, what it has done is fetched soon.
        if running.values.contains(where: { now - $0.began < patience }) { next = now }
        var overdue: [(number: UInt64, silence: Silence, isRunning: Bool)] = []
        for (number, entry) in waiting where !entry.isTold {
            let head = running[entry.lane]
            let isRunning = head?.number == number
            let end =
                if let head {
                    isRunning
                        ? head.began + entry.limit : max(entry.submitted + entry.limit, head.began + patience)
                } else {
                    entry.submitted + entry.limit + patience
                }
            guard now >= end else {
                next = min(next, end)
                continue
            }
            overdue.append((number, Silence(subject: entry.lane.subject, since: head?.began), isRunning))
        }
        tell(overdue.sorted { $0.number < $1.number })
        return next
    }

    private func tell(_ overdue: [(number: UInt64, silence: Silence, isRunning: Bool)]) {
        guard !overdue.isEmpty else { return }
        untold -= overdue.count
        let withdrawn = exchange.withdraw(Set(overdue.map(\.number)))
        let tells = overdue.compactMap { number, silence, isRunning in
            guard let entry = waiting[number] else { return nil as (() -> Void)? }
            guard !withdrawn.contains(number) else {
                waiting[number] = nil
                return { entry.tell(.givenUp(silence)) }
            }
            waiting[number]?.isTold = true
            if isRunning { silent[entry.lane] = (number, silence) }
            return { entry.tell(.silence(silence)) }
        }
        for tell in tells { tell() }
    }
}

extension Duration {
    fileprivate var nanoseconds: Int64 { Int64(self / .nanoseconds(1)) }
}
