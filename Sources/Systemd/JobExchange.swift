internal import CLinux
internal import Glibc
internal import Linux
internal import Synchronization

/// What the loop and the threads hand each other: the only object that both can reach.
final class JobExchange: Sendable {
    /// The job that a thread is at, and since when: nanoseconds since boot.
    struct Running {
        let number: UInt64
        let began: Int64
    }

    /// Jobs of one lane in a row; then another lane has its turn.
    private static let batch = 64
    /// While a batch goes on the loop hears this often of what is done, else once at its end.
    private static let longestQuiet: Int64 = 5_000_000

    typealias Job = @Sendable () -> any Sendable

    private struct LaneState {
        var jobs: [(number: UInt64, job: Job)] = []
        /// How many of `jobs` are taken.
        var taken = 0
        /// Whether a thread has it, and the job that it is at.
        var isHeld = false
        var running: Running?

        var isEmpty: Bool { taken == jobs.count }

        mutating func next() -> (number: UInt64, job: Job)? {
            guard taken < jobs.count else { return nil }
            taken += 1
            defer {
                if taken == jobs.count {
                    jobs.removeAll(keepingCapacity: true)
                    taken = 0
                }
            }
            return jobs[taken - 1]
        }

        mutating func withdraw(_ numbers: Set<UInt64>) -> [UInt64] {
            let withdrawn = jobs[taken...].map(\.number).filter(numbers.contains)
            if !withdrawn.isEmpty {
                jobs = jobs[taken...].filter { !numbers.contains($0.number) }
                taken = 0
            }
            return withdrawn
        }
    }

    private struct State {
        var lanes: [Lane: LaneState] = [:]
        /// Those with jobs that no thread has, in order.
        var ready: [Lane] = []
        var held: [Lane.Kind: Int] = [:]
        var results: [(UInt64, any Sendable)] = []
        var threads = 0
        var idle = 0
        var isStopped = false

        /// The first lane that may have a thread now.
        mutating func hold() -> Lane? {
            let index = ready.firstIndex { held[$0.kind, default: 0] < $0.kind.mostThreads }
            guard let index else { return nil }
            let lane = ready.remove(at: index)
            held[lane.kind, default: 0] += 1
            lanes[lane]?.isHeld = true
            return lane
        }

        mutating func release(_ lane: Lane) {
            held[lane.kind, default: 0] -= 1
            lanes[lane]?.isHeld = false
            lanes[lane]?.running = nil
            if lanes[lane]?.isEmpty == true { lanes[lane] = nil } else { ready.append(lane) }
        }
    }

    /// Readable where something is done.
    let descriptor: Int32
    private let wake: Int32
    private let state = Mutex(State())

    init() throws(SystemCallError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemCallError(call: "eventfd", code: errno) }
        wake = eventfd(0, Int32(EFD_CLOEXEC | EFD_SEMAPHORE))
        guard wake >= 0 else {
            close(descriptor)
            throw SystemCallError(call: "eventfd", code: errno)
        }
    }

    deinit {
        close(descriptor)
        close(wake)
    }

    // MARK: The loop's side

    /// A thread that can't be had now is no trouble: those that are there take the job, or the next job asks again.
    func add(_ number: UInt64, to lane: Lane, _ job: @escaping Job) {
        let (isReady, isThreadWanted) = state.withLock { state in
            let isNew = state.lanes[lane] == nil
            state.lanes[lane, default: LaneState()].jobs.append((number, job))
            if isNew { state.ready.append(lane) }
            let room = state.ready.count { state.held[$0.kind, default: 0] < $0.kind.mostThreads }
            return (isNew, room > state.idle && state.threads < Workers.mostThreads)
        }
        if isReady { eventfd_write(wake, 1) }
        if isThreadWanted { try? startThread() }
    }

    /// Takes back those of the jobs that no thread has begun; gives them.
    func withdraw(_ numbers: Set<UInt64>) -> Set<UInt64> {
        state.withLock { state in
            var withdrawn: Set<UInt64> = []
            for lane in Array(state.lanes.keys) {
                withdrawn.formUnion(state.lanes[lane]?.withdraw(numbers) ?? [])
                guard let entry = state.lanes[lane], entry.isEmpty, !entry.isHeld else { continue }
                state.lanes[lane] = nil
                state.ready.removeAll { $0 == lane }
            }
            return withdrawn
        }
    }

    /// What is done; the eventfd is emptied before, so what comes between makes it readable again.
    func take() -> [(UInt64, any Sendable)] {
        var count: UInt64 = 0
        unsafe eventfd_read(descriptor, &count)
        return state.withLock { state in
            defer { state.results = [] }
            return state.results
        }
    }

    /// The job that each lane is at.
    var running: [Lane: Running] { state.withLock { $0.lanes.compactMapValues(\.running) } }

    /// Nothing is begun any more.
    func stop() {
        let threads = state.withLock { state in
            state.isStopped = true
            return state.threads
        }
        eventfd_write(wake, UInt64(threads))
    }

    func startThread() throws(SystemCallError) {
        state.withLock { $0.threads += 1 }
        do throws(SystemCallError) { try DetachedThread.start { [self] in work() } } catch {
            state.withLock { $0.threads -= 1 }
            throw error
        }
    }

    // MARK: A thread's side

    private func work() {
        while true {
            while let lane = state.withLock({ $0.isStopped ? nil : $0.hold() }) {
                workOff(lane)
                state.withLock { $0.release(lane) }
                eventfd_write(descriptor, 1)
            }
            let isStopped = state.withLock { state in
                if !state.isStopped { state.idle += 1 }
                return state.isStopped
            }
            if isStopped { return }
            var count: UInt64 = 0
            unsafe eventfd_read(wake, &count)
            state.withLock { $0.idle -= 1 }
        }
    }

    /// Some jobs of the lane that this thread holds.
    private func workOff(_ lane: Lane) {
        var told = Clocks.boot()
        for _ in 0..<Self.batch {
            let began = Clocks.boot()
            let next = state.withLock { state -> (number: UInt64, job: Job)? in
                guard !state.isStopped, let next = state.lanes[lane]?.next() else { return nil }
                state.lanes[lane]?.running = Running(number: next.number, began: began)
                return next
            }
            guard let (number, job) = next else { return }
            let value = job()
            state.withLock { state in
                state.lanes[lane]?.running = nil
                state.results.append((number, value))
            }
            let now = Clocks.boot()
            guard now - told > Self.longestQuiet else { continue }
            told = now
            eventfd_write(descriptor, 1)
        }
    }
}

/// A thread that nobody waits for.
enum DetachedThread {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// What the body takes along is given up (`sending`), so the loop's objects can't come.
    static func start(_ body: sending @escaping () -> Void) throws(SystemCallError) {
        // A new thread has the mask of the one that starts it: with all blocked, signals go to the loop's thread.
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }

        var thread = pthread_t()
        let box = unsafe Unmanaged.passRetained(Body(body))
        let result = unsafe pthread_create(
            &thread, nil,
            { box in
                if let box = unsafe box { unsafe Unmanaged<Body>.fromOpaque(box).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        guard result == 0 else {
            unsafe box.release()
            throw SystemCallError(call: "pthread_create", code: result)
        }
        pthread_detach(thread)
    }
}
