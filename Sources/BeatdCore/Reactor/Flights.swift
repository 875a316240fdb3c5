/// The writes that are out.
struct Flights {
    struct Flight {
        var lease: LeaseID
        var connection: ConnectionID
        var at: Instant
        var isBeat: Bool
    }
    var writes: [WriteID: Flight] = [:]
    private(set) var issued: UInt64 = 0
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
    /// How much due times are rounded down: a tick holds about 200 beats, at least 10 ms and at most 100 ms long.
    private(set) var tick = Duration.milliseconds(100)

    mutating func issue() -> WriteID {
        issued += 1
        return WriteID(number: issued)
    }

    /// Counts what the lease adds to the beats of all.
    mutating func count(_ lease: inout Lease) {
        let interval = lease.isWanted ? lease.pace.interval : nil
        guard interval != lease.notes.counted?.interval else { return }
        let rate = interval.map { Int(3_600_000 / max($0.milliseconds, 1)) } ?? 0
        beatsPerHour += rate - (lease.notes.counted?.rate ?? 0)
        lease.notes.counted = interval.map { ($0, rate) }
        let perSecond = Double(beatsPerHour) / 3600
        tick = perSecond > 2000 ? max(.milliseconds(10), .nanoseconds(Int64(200e9 / perSecond))) : .milliseconds(100)
    }

    /// The tick that `due` falls into: beats leave ahead of their time, never late by design.
    func roundedDown(_ due: Instant) -> Instant {
        Instant(nanoseconds: due.nanoseconds - due.nanoseconds % tick.nanoseconds)
    }
}
