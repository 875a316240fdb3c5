internal import CLinux
internal import Glibc
package import Linux
internal import Synchronization

/// The one thread beside the loop, for what blocks: reading the folder, fsync.
///
/// Jobs are values, one at a time, in order.
package final class Worker {
    /// More waiting jobs than this is a bug of ours: each kind of job waits for its own end before the next.
    package static let longestLine = 64

    private let inbox: Inbox
    private var waiting: [UInt64: (Any) -> Void] = [:]
    private var issued: UInt64 = 0
    private var source: EventSource?

    package init(loop: EventLoop) throws(SystemCallError) {
        inbox = try Inbox()
        source = try loop.watch(inbox.descriptor, for: .read) { [unowned self] _ in self.deliver() }
        try startThread { [inbox] in inbox.work() }
    }

    deinit { inbox.stop() }

    /// Runs `job` on the worker and `then` on the loop, later.
    package func submit<Value: Sendable>(_ job: @escaping @Sendable () -> Value, then: @escaping (Value) -> Void) {
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

/// Starts a thread of its own; what the body takes along is given up, so the loop's objects can't come.
private func startThread(_ body: sending @escaping () -> Void) throws(SystemCallError) {
    final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }
    var thread = pthread_t()
    let box = unsafe Unmanaged.passRetained(Body(body))
    // The thread inherits a mask that blocks everything: signals are the loop's (sd_event_add_signal(3)).
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
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
