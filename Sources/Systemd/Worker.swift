internal import CLinux
internal import Glibc
package import Linux
internal import Synchronization

/// The one thread beside the loop, for what blocks: reading the folder, fsync.
///
/// Jobs are values, one at a time, in order. Signals never go to this thread.
package final class Worker {
    /// More waiting jobs than this is a bug of ours: each kind of job waits for its own end before the next.
    package static let longestLine = 64

    private let inbox: Inbox
    private var waiting: [UInt64: (Any) -> Void] = [:]
    private var issued: UInt64 = 0
    private var source: EventSource?
    private var thread: WorkerThread?

    /// Starts the thread.
    package init(loop: EventLoop) throws(SystemCallError) {
        inbox = try Inbox()
        source = try loop.watch(inbox.descriptor, for: .read) { [unowned self] _ in self.deliver() }
        thread = try WorkerThread { [inbox] in inbox.work() }
    }

    /// What waits is still done, but nobody waits for it.
    deinit {
        source = nil
        inbox.stop()
    }

    /// Waits until what was submitted is done, and ends the thread; no `then` is called any more, no job taken.
    ///
    /// For the very end, when there is no beat left that could be late.
    package func stop() {
        source = nil
        waiting = [:]
        inbox.stop()
        thread?.join()
        thread = nil
    }

    /// Runs `job` on the worker and `then` on the loop, later; neither after `stop`.
    package func submit<Value: Sendable>(_ job: @escaping @Sendable () -> Value, then: @escaping (Value) -> Void) {
        guard thread != nil else { return }
        precondition(waiting.count < Self.longestLine, "more jobs wait for the worker than there are kinds of jobs")
        issued += 1
        waiting[issued] = { value in
            guard let value = value as? Value else { preconditionFailure("a job gave a value of another kind") }
            then(value)
        }
        inbox.add(issued, job)
    }

    private func deliver() {
        for (number, value) in inbox.take() { waiting.removeValue(forKey: number)?(value) }
    }
}

/// What the loop and the worker hand each other: the only object both can reach.
private final class Inbox: Sendable {
    private struct State {
        var jobs: [(UInt64, @Sendable () -> any Sendable)] = []
        var results: [(UInt64, any Sendable)] = []
        var isStopped = false
    }

    let descriptor: Int32
    private let wake: Int32
    private let state = Mutex(State())

    init() throws(SystemCallError) {
        descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw SystemCallError(call: "eventfd", code: errno) }
        wake = eventfd(0, Int32(EFD_CLOEXEC))
        guard wake >= 0 else {
            close(descriptor)
            throw SystemCallError(call: "eventfd", code: errno)
        }
    }

    deinit {
        close(descriptor)
        close(wake)
    }

    func add(_ number: UInt64, _ job: @escaping @Sendable () -> any Sendable) {
        state.withLock { $0.jobs.append((number, job)) }
        eventfd_write(wake, 1)
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        eventfd_write(wake, 1)
    }

    /// The eventfd is emptied before the list is taken: what comes between makes it readable again.
    func take() -> [(UInt64, any Sendable)] {
        var count: UInt64 = 0
        unsafe eventfd_read(descriptor, &count)
        return state.withLock { state in
            defer { state.results = [] }
            return state.results
        }
    }

    /// The worker's thread: waits for jobs until it is stopped.
    func work() {
        while true {
            var count: UInt64 = 0
            unsafe eventfd_read(wake, &count)
            while let (number, job) = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) {
                let value = job()
                state.withLock { $0.results.append((number, value)) }
                eventfd_write(descriptor, 1)
            }
            if state.withLock({ $0.isStopped }) { return }
        }
    }
}

/// The thread itself; what its body takes along is given up (`sending`), so the loop's objects can't come.
private final class WorkerThread {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    private let thread: pthread_t
    private var isJoined = false

    init(_ body: sending @escaping () -> Void) throws(SystemCallError) {
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
        self.thread = thread
    }

    deinit { if !isJoined { pthread_detach(thread) } }

    func join() {
        pthread_join(thread, nil)
        isJoined = true
    }
}
