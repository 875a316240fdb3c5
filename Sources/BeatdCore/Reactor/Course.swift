/// Where the daemon stands between its start and its end.
struct Course {
    let began: Instant
    var isReady = false
    var isReadyDue = false
    /// When all tasks had been probed: `registered` gives the registry one time limit from then.
    var probedAt: Instant?
    var stop: (mode: StopMode, deadline: Instant)?
    var isFinished = false

    init(began: Instant) { self.began = began }

    /// Whether READY may be said (contract 4): a registry that doesn't answer within `patience` of the looks counts as done.
    mutating func isDue(
        _ ready: ReadySettings, _ tasks: TaskTable, patience: Duration, _ timers: inout TimerWheel<Timer>,
        at now: Instant
    ) -> Bool {
        if isReadyDue || ready.when == .loaded { return true }
        let ids = tasks.byName.values
        guard ids.allSatisfy({ tasks[$0].gate.isProbed }) else { return false }
        if ready.when == .probed { return true }
        if probedAt == nil {
            probedAt = now
            _ = timers.insert(.ready, due: now + patience)
        }
        return ids.allSatisfy { tasks[$0].phase != .registering }
    }
}
