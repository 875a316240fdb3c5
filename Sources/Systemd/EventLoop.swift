internal import CLinux
internal import CSystemd
internal import Glibc
package import Linux

/// One sd-event loop.
///
/// Not Sendable: the thread that made it is the only one that can reach it or anything on it.
@safe package final class EventLoop {
    private let handle: OpaquePointer

    /// A loop of its own, not the thread's default one.
    package init() throws(SystemCallError) {
        var handle: OpaquePointer?
        let result = unsafe sd_event_new(&handle)
        guard result >= 0, let handle = unsafe handle else {
            throw SystemCallError(call: "sd_event_new", code: -result)
        }
        unsafe self.handle = handle
    }

    deinit { unsafe sd_event_unref(handle) }

    // MARK: Running

    /// Turns until `exit`.
    package func run() throws(SystemCallError) { try check("sd_event_loop", unsafe sd_event_loop(handle)) }

    /// Dispatches at most one source; waits for it at most `timeout`, rounded up to a microsecond; nil: as long as it takes.
    ///
    /// False: nothing happened.
    @discardableResult
    package func turn(timeout: Duration?) throws(SystemCallError) -> Bool {
        // The largest number means without an end (sd_event_run(3)).
        let micro = timeout.map { $0 <= .zero ? 0 : UInt64(($0 / .microseconds(1)).rounded(.up)) } ?? UInt64.max
        return try check("sd_event_run", unsafe sd_event_run(handle, micro)) > 0
    }

    /// Ends `run` after this turn.
    package func exit() { unsafe sd_event_exit(handle, 0) }

    /// When this turn began: nanoseconds since boot, suspend included.
    package var turnTime: Int64 {
        var micro: UInt64 = 0
        guard unsafe sd_event_now(handle, CLOCK_BOOTTIME, &micro) >= 0 else { return Clocks.boot() }
        return Int64(micro) * 1000
    }

    // MARK: Sources

    /// Level-triggered: the body is called as long as the descriptor is ready.
    ///
    /// Cancel before closing the descriptor.
    package func watch(
        _ descriptor: Int32, for readiness: Readiness, priority: Priority = .writes,
        _ body: @escaping (Readiness) -> Void
    ) throws(SystemCallError) -> EventSource {
        try unsafe EventSource.make("sd_event_add_io", Box(body), priority) { source, box in
            unsafe sd_event_add_io(
                handle, &source, descriptor, readiness.rawValue,
                { _, _, events, box in unsafe Box<Readiness>.call(box, Readiness(rawValue: events)) }, box)
        }
    }

    /// Sleeps until it is armed.
    package func timer(priority: Priority = .writes, _ body: @escaping () -> Void) throws(SystemCallError)
        -> EventSource
    {
        let source = try unsafe EventSource.make("sd_event_add_time", Box<Void>(body), priority) { source, box in
            // Accuracy 1 µs: 0 means a quarter of a second.
            unsafe sd_event_add_time(
                handle, &source, CLOCK_BOOTTIME, UInt64.max, 1, { _, _, box in unsafe Box<Void>.call(box, ()) }, box)
        }
        source.disarm()
        return source
    }

    /// Blocks the signal for this and later threads and reports it here instead (sd_event_add_signal(3)).
    package func signal(
        _ signal: Signal, priority: Priority = .writes, _ body: @escaping () -> Void
    ) throws(SystemCallError) -> EventSource {
        try unsafe EventSource.make("sd_event_add_signal", Box<Void>(body), priority) { source, box in
            unsafe sd_event_add_signal(
                handle, &source, signal.number | Int32(SD_EVENT_SIGNAL_PROCMASK),
                { _, _, box in unsafe Box<Void>.call(box, ()) }, box)
        }
    }

    /// Runs once, in this turn or the next, each time it is armed; sleeps until then.
    package func deferred(
        priority: Priority = .writes, _ body: @escaping () -> Void
    ) throws(SystemCallError) -> EventSource {
        let source = try unsafe EventSource.make("sd_event_add_defer", Box<Void>(body), priority) { source, box in
            unsafe sd_event_add_defer(handle, &source, { _, box in unsafe Box<Void>.call(box, ()) }, box)
        }
        source.disarm()
        return source
    }

    @discardableResult
    private func check(_ call: String, _ result: Int32) throws(SystemCallError) -> Int32 {
        guard result >= 0 else { throw SystemCallError(call: call, code: -result) }
        return result
    }
}
