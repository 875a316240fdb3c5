/// How the first writes after outages are spread over their interval (promise P6): one says nothing, many do.
package struct FirstWrites: Hashable, Sendable {
    package var count = 0
    /// Those within a tenth of the interval: about a tenth of them, where they fall at random.
    package var early = 0

    /// Shorter outages are followed by a write at once.
    static let outage = 5200 * Time.millisecond
    static let interval = 5 * Time.second

    package init() {}

    /// What is wrong with them, once there are enough.
    package var objection: String? {
        guard count >= 10, early * 2 > count else { return nil }
        return "\(early) of \(count) first writes after an outage left in the first tenth of the interval"
    }
}
