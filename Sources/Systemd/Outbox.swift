internal import CLinux
internal import Glibc
package import Linux
internal import Synchronization

/// A line of records for a reader that may hang: a thread of its own waits for it, the loop never does.
///
/// What the line has no room for is lost, and how much that was is told once half of the line was read.
package final class Outbox: Sendable {
    /// All that waits, together: the transitions of ten thousand instances at once.
    package static let mostBytes = 4 << 20

    private let line: Line

    /// Hands each record to `deliver`, on a thread of its own, where it may wait.
    ///
    /// `loss` makes the record that tells how many were lost.
    package init(
        mostBytes: Int = mostBytes, loss: @escaping @Sendable (Int) -> [UInt8],
        deliver: @escaping @Sendable ([UInt8]) -> Void
    ) throws(SystemCallError) {
        let line = try Line(mostBytes: mostBytes, loss: loss)
        self.line = line
        try DetachedThread.start { while let record = line.next() { deliver(record) } }
    }

    /// What is in the line may never be read: the thread ends by itself, or stays with its reader.
    deinit { line.close() }

    /// Puts a record into the line, or loses it; never waits.
    package func put(_ record: [UInt8]) { line.put(record) }

    /// Waits until everything was handed over, at most that long; for the very end.
    @discardableResult
    package func flush(within limit: Duration) -> Bool {
        line.wait(until: Clocks.monotonic() + Int64(limit / .microseconds(1)) * 1000)
    }
}

/// What the loop and the writing thread hand each other: the only object both can reach.
private final class Line: Sendable {
    private struct State {
        var waiting: [[UInt8]] = []
        /// Taken from the line, the next one last.
        var taken: [[UInt8]] = []
        var bytes = 0
        /// The size of the record that is being delivered.
        var delivering: Int?
        var lost = 0
        var isClosed = false

        var isEmpty: Bool { waiting.isEmpty && taken.isEmpty && delivering == nil && lost == 0 }
    }

    private let mostBytes: Int
    private let loss: @Sendable (Int) -> [UInt8]
    /// Counts up while there is something to write.
    private let wake: Int32
    /// Readable once all was written.
    private let idle: Int32
    private let state = Mutex(State())

    init(mostBytes: Int, loss: @escaping @Sendable (Int) -> [UInt8]) throws(SystemCallError) {
        self.mostBytes = mostBytes
        self.loss = loss
        wake = eventfd(0, Int32(EFD_CLOEXEC))
        guard wake >= 0 else { throw SystemCallError(call: "eventfd", code: errno) }
        idle = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard idle >= 0 else {
            Glibc.close(wake)
            throw SystemCallError(call: "eventfd", code: errno)
        }
    }

    deinit {
        Glibc.close(wake)
        Glibc.close(idle)
    }

    func put(_ record: [UInt8]) {
        state.withLock { state in
            // Once one was lost none is taken until half was read: else every other line would tell of a loss.
            let room = state.lost > 0 ? mostBytes / 2 : mostBytes
            guard state.bytes + record.count <= room else {
                state.lost += 1
                return
            }
            if let told = takeLoss(&state) { append(told, to: &state) }
            append(record, to: &state)
        }
        eventfd_write(wake, 1)
    }

    func close() {
        state.withLock { $0.isClosed = true }
        eventfd_write(wake, 1)
    }

    /// The next record, once there is one; nil where none will come.
    func next() -> [UInt8]? {
        while true {
            let (record, isOver) = state.withLock { take(&$0) }
            if let record { return record }
            if isOver { return nil }
            eventfd_write(idle, 1)
            var count: UInt64 = 0
            unsafe eventfd_read(wake, &count)
        }
    }

    func wait(until deadline: Int64) -> Bool {
        while true {
            var count: UInt64 = 0
            // Emptied before the line is looked at: what is written in between makes it readable again.
            unsafe eventfd_read(idle, &count)
            if state.withLock({ $0.isEmpty }) { return true }
            let left = (deadline - Clocks.monotonic()) / 1_000_000
            guard left > 0 else { return false }
            var one = pollfd(fd: idle, events: Int16(POLLIN), revents: 0)
            unsafe poll(&one, 1, Int32(clamping: left))
        }
    }

    private func take(_ state: inout State) -> (record: [UInt8]?, isOver: Bool) {
        if let size = state.delivering { state.bytes -= size }
        state.delivering = nil
        if state.taken.isEmpty {
            state.taken = state.waiting.reversed()
            state.waiting = []
        }
        if state.taken.isEmpty, let told = takeLoss(&state) {
            state.bytes += told.count
            state.taken = [told]
        }
        guard !state.isClosed, let record = state.taken.popLast() else { return (nil, state.isClosed) }
        state.delivering = record.count
        return (record, false)
    }

    private func append(_ record: [UInt8], to state: inout State) {
        state.waiting.append(record)
        state.bytes += record.count
    }

    private func takeLoss(_ state: inout State) -> [UInt8]? {
        guard state.lost > 0 else { return nil }
        defer { state.lost = 0 }
        return loss(state.lost)
    }
}
