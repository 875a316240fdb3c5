internal import CSystemd
internal import Linux

/// Owns one source of an event loop: its end switches the source off at once, also from inside its own callback.
@safe package struct EventSource: ~Copyable {
    private let handle: OpaquePointer

    private init(handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe sd_event_source_disable_unref(handle) }

    static func make(
        _ call: String, _ box: some AnyObject, _ priority: Priority,
        _ add: (inout OpaquePointer?, UnsafeMutableRawPointer) -> Int32
    ) throws(SystemCallError) -> EventSource {
        let box = unsafe Unmanaged<AnyObject>.passRetained(box)
        var source: OpaquePointer?
        let result = unsafe add(&source, box.toOpaque())
        guard result >= 0, let source = unsafe source else {
            unsafe box.release()
            throw SystemCallError(call: call, code: -result)
        }
        // Called when sd-event itself lets go, never while the callback runs: the closure outlives its last call.
        unsafe sd_event_source_set_destroy_callback(source) { box in
            if let box = unsafe box { unsafe Unmanaged<AnyObject>.fromOpaque(box).release() }
        }
        unsafe sd_event_source_set_priority(source, priority.rawValue)
        return unsafe EventSource(handle: source)
    }

    /// Fires once at that many nanoseconds since boot (rounded up to a microsecond), then sleeps until armed again.
    package func arm(at nanoseconds: Int64) {
        let time = UInt64(max(nanoseconds, 0))
        unsafe sd_event_source_set_time(handle, time / 1000 + (time % 1000 > 0 ? 1 : 0))
        unsafe sd_event_source_set_enabled(handle, Int32(SD_EVENT_ONESHOT))
    }

    /// Fires once in this turn or the next.
    package func arm() { unsafe sd_event_source_set_enabled(handle, Int32(SD_EVENT_ONESHOT)) }

    /// Sleeps until it is armed again.
    package func disarm() { unsafe sd_event_source_set_enabled(handle, Int32(SD_EVENT_OFF)) }

    /// Watches for something else from now on.
    package func watch(for readiness: Readiness) { unsafe sd_event_source_set_io_events(handle, readiness.rawValue) }
}

/// Keeps a closure alive for a C callback.
final class Box<Value> {
    private let body: (Value) -> Void

    init(_ body: @escaping (Value) -> Void) { self.body = body }

    /// The answer for sd-event: never negative, which would switch the source off without a word.
    static func call(_ userdata: UnsafeMutableRawPointer?, _ value: Value) -> Int32 {
        guard let userdata = unsafe userdata else { preconditionFailure("sd-event lost the userdata it was given") }
        unsafe Unmanaged<Box>.fromOpaque(userdata).takeUnretainedValue().body(value)
        return 0
    }
}
