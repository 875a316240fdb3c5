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
    var beatsPerHour = 0

    mutating func issue() -> WriteID {
        issued += 1
        return WriteID(number: issued)
    }

    /// How much due times are rounded down: a tick holds about 200 beats, at least 10 ms and at most 100 ms long.
    var tick: Duration {
        let perSecond = Double(beatsPerHour) / 3600
        guard perSecond > 2000 else { return .milliseconds(100) }
        return max(.milliseconds(10), .nanoseconds(Int64(200e9 / perSecond)))
    }

    /// Counts what the lease adds to the beats of all.
    mutating func count(_ lease: inout Lease) {
        let rate = lease.wanted == nil ? 0 : Int(3_600_000 / max(lease.pace.interval.milliseconds, 1))
        beatsPerHour += rate - lease.notes.countedRate
        lease.notes.countedRate = rate
    }

    /// The tick that `due` falls into: beats leave ahead of their time, never late by design.
    func roundedDown(_ due: Instant) -> Instant {
        Instant(nanoseconds: due.nanoseconds - due.nanoseconds % tick.nanoseconds)
    }
}
