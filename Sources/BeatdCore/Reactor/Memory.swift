/// What is to be saved, and what is being saved.
struct Memory {
    /// Saves are at least this far apart.
    static let pause = Duration.seconds(1)

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

    mutating func saved(_ version: UInt64) { if version == self.version { isSaving = false } }
}
