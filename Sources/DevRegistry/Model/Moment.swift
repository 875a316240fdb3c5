/// When something happens, as the server read its clocks just before; nothing below reads one.
struct Moment: Hashable, Comparable, Sendable {
    /// Nanoseconds since boot: decides.
    var boot: Int64
    /// Nanoseconds since 1970: is shown.
    var wall: Int64

    static func < (left: Moment, right: Moment) -> Bool { left.boot < right.boot }

    static func + (moment: Moment, length: Duration) -> Moment {
        let nanoseconds = length.nanoseconds
        return Moment(boot: moment.boot + nanoseconds, wall: moment.wall + nanoseconds)
    }

    static func - (later: Moment, earlier: Moment) -> Duration { .nanoseconds(later.boot - earlier.boot) }
}

extension Duration {
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
