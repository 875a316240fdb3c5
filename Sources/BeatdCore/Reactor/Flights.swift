/// The writes that are out.
struct Flights {
    struct Flight {
        var lease: LeaseID
        var connection: ConnectionID
        var at: Instant
        var isBeat: Bool
    }

    /// When the answers on one connection are waited for no longer.
    struct Limit {
        let connection: ConnectionID
        var due: Instant
        let timer: TimerWheel<Timer>.Handle
    }

    /// From the oldest write that is out to the latest; nil where one is out no longer.
    ///
    /// As long as what is written within the longest time limit that is running.
    private var rows: [Flight?] = []
    /// All before it have landed.
    private var head = 0
    private var issued: UInt64 = 0
    /// One for each connection on which something is out, or was when it ended.
    private var limits: [Limit] = []
    /// Set while something waits only for the registry or the budget.
    var timer: TimerWheel<Timer>.Handle?
    /// Set while the registry is asked which API it speaks.
    var inquiry: TimerWheel<Timer>.Handle?
    #if DELIBERATE_BUGS
        /// Inside `nextWrite`.
        var isJudging = false
    #endif
    /// Beats an hour of all leases together, for the tick and the number of connections.
    private(set) var beatsPerHour = 0
    /// How many leases somebody wants.
    private(set) var wanted = 0
    /// How much due times are rounded down: a tick holds about 200 beats, at least 10 ms and at most 100 ms long.
    private(set) var tick = Duration.milliseconds(100)

    /// The number of a write that is no lease's.
    mutating func issue() -> WriteID {
        issued += 1
        // Where nothing is out no row is needed; else a landing takes it away again.
        if !rows.isEmpty { rows.append(nil) }
        return WriteID(number: issued)
    }

    /// A write leaves.
    mutating func depart(_ flight: Flight) -> WriteID {
        issued += 1
        rows.append(flight)
        return WriteID(number: issued)
    }

    subscript(write: WriteID) -> Flight? { row(of: write).flatMap { rows[$0] } }

    /// It is out no longer; nil where it wasn't.
    mutating func land(_ write: WriteID) -> Flight? {
        guard let row = row(of: write), let flight = rows[row] else { return nil }
        rows[row] = nil
        while head < rows.count, rows[head] == nil { head += 1 }
        if head == rows.count || (head > 256 && head * 2 > rows.count) {
            rows.removeFirst(head)
            head = 0
        }
        return flight
    }

    private func row(of write: WriteID) -> Int? {
        guard write.number <= issued else { return nil }
        let row = rows.count - 1 - Int(issued - write.number)
        return row >= head ? row : nil
    }

    // MARK: Time limits

    /// Sees to it that the timer of the write's connection fires at `due` or before.
    mutating func wait(for write: WriteID, until due: Instant?, _ timers: inout TimerWheel<Timer>) {
        if let due, let connection = self[write]?.connection { wait(for: connection, until: due, &timers) }
    }

    /// The same for all that is out on it.
    mutating func wait(for connection: ConnectionID, until due: Instant, _ timers: inout TimerWheel<Timer>) {
        guard let index = limits.firstIndex(where: { $0.connection == connection }) else {
            let timer = timers.insert(.answers(connection), due: due)
            return limits.append(Limit(connection: connection, due: due, timer: timer))
        }
        guard due < limits[index].due else { return }
        limits[index].due = due
        timers.move(limits[index].timer, to: due)
    }

    /// Nothing is out on that connection.
    mutating func waitNoMore(for connection: ConnectionID, _ timers: inout TimerWheel<Timer>) {
        if let limit = forget(connection) { timers.remove(limit.timer) }
    }

    /// The connection's timer fired, and is no more.
    @discardableResult
    mutating func forget(_ connection: ConnectionID) -> Limit? {
        limits.firstIndex { $0.connection == connection }.map { limits.remove(at: $0) }
    }

    /// Counts what the lease adds to the beats of all.
    mutating func count(_ lease: inout Lease) {
        let interval = lease.isWanted ? lease.pace.interval : .zero
        guard interval != lease.notes.counted else { return }
        func perHour(_ interval: Duration) -> Int {
            interval == .zero ? 0 : Int(3_600_000 / max(interval.milliseconds, 1))
        }
        beatsPerHour += perHour(interval) - perHour(lease.notes.counted)
        wanted += (interval == .zero ? 0 : 1) - (lease.notes.counted == .zero ? 0 : 1)
        lease.notes.counted = interval
        let perSecond = Double(beatsPerHour) / 3600
        tick = perSecond > 2000 ? max(.milliseconds(10), .nanoseconds(Int64(200e9 / perSecond))) : .milliseconds(100)
    }

    /// The tick that `due` falls into: beats leave ahead of their time, never late by design.
    func roundedDown(_ due: Instant) -> Instant {
        Instant(nanoseconds: due.nanoseconds - due.nanoseconds % tick.nanoseconds)
    }
}
