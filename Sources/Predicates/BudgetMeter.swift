/// Counts writes against burst + rate × window, for every window at once.
struct BudgetMeter {
    private let perSecond: Double
    private var level = 0.0
    private var counted: Int64

    init(perSecond: Int, at now: Int64) {
        self.perSecond = Double(perSecond)
        counted = now
    }

    /// Whether one more write fits.
    mutating func take(at now: Int64) -> Bool {
        level = max(0, level - Double(now - counted) / 1e9 * perSecond)
        counted = now
        level += 1
        return level <= max((perSecond / 10).rounded(.down), 1) + 0.001
    }
}
