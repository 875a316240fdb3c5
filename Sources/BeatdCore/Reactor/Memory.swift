/// What is to be saved, and what is being saved.
struct Memory {
    /// Saves are at least this far apart.
    static let pause = Duration.seconds(1)
    /// What could not be written is tried again after this.
    static let pauseAfterLoss = Duration.seconds(10)

    var isDirty = false
    var boot = ""
    var timer: TimerWheel<Timer>.Handle?
    private(set) var version: UInt64 = 0
    private var isSaving = false

    /// Whether a save may be ordered; takes it.
    mutating func begin() -> UInt64? {
        guard isDirty, !isSaving, timer == nil else { return nil }
        isDirty = false
        isSaving = true
        version += 1
        return version
    }

    /// The save is over; `isLost`: it could not be written, as on a full disk.
    mutating func saved(_ version: UInt64, isLost: Bool, _ timers: inout TimerWheel<Timer>, at now: Instant) {
        guard version == self.version else { return }
        isSaving = false
        guard isLost else { return }
        isDirty = true
        timers.arm(&timer, .save, due: now + Self.pauseAfterLoss)
    }
}
