internal import Glibc

/// Readings of the kernel's clocks, in nanoseconds (clock_gettime(2)).
package enum Clocks {
    /// Since boot, time in suspend included.
    package static func boot() -> Int64 { read(CLOCK_BOOTTIME) }

    /// Since 1970, as people count.
    package static func wall() -> Int64 { read(CLOCK_REALTIME) }

    /// Since boot without suspend: what sd_notify's MONOTONIC_USEC wants.
    package static func monotonic() -> Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
