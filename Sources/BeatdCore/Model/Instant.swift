/// A point in time: nanoseconds since boot, suspend included (CLOCK_BOOTTIME, clock_gettime(2)).
///
/// The heart never reads a clock; every instant comes in with an event.
package struct Instant: Comparable, Hashable, Sendable {
    /// Nanoseconds since boot, 0 or more.
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The next multiple of `step`, or this one.
    func roundedUp(to step: Duration) -> Instant {
        let over = nanoseconds % step.nanoseconds
        return over == 0 ? self : self + .nanoseconds(step.nanoseconds - over)
    }

    /// Later than everything that happens.
    package static let never = Instant(nanoseconds: .max)

    /// Before everything that happens, and far enough from it that differences have room.
    static let longAgo = Instant(nanoseconds: .min / 2)

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    /// Saturates at `never`, so that a wait without an end needs no special case.
    package static func + (instant: Instant, length: Duration) -> Instant {
        let (sum, overflow) = instant.nanoseconds.addingReportingOverflow(length.nanoseconds)
        return overflow ? .never : Instant(nanoseconds: sum)
    }

    package static func - (instant: Instant, length: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds - length.nanoseconds)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }
}

extension Duration {
    /// Whole nanoseconds; what has no room in 64 bits (292 years) counts as the longest that has.
    package var nanoseconds: Int64 {
        // Up to 18 s in 64 bits, as nearly all that is reckoned with here: `components` divides 128 bits twice.
        if attoseconds >> 64 == 0 { return Int64(UInt64(truncatingIfNeeded: attoseconds) / 1_000_000_000) }
        return Int64(clamping: attoseconds / 1_000_000_000)
    }

    /// The same as of the standard library, whose generic one asks for each digit of 128 bits whether it is exact.
    package static func nanoseconds(_ count: Int64) -> Duration { Duration(attoseconds: Int128(count) * 1_000_000_000) }

    /// Whole milliseconds, as Nacos counts time.
    package var milliseconds: Int64 { nanoseconds / 1_000_000 }

    /// Seconds as people and JSON write them.
    package var inSeconds: Double { Double(nanoseconds) / 1e9 }
}
