import BeatdCore
import FoundationEssentials

/// Turns instants since boot into the times that people and JSON read.
struct Calendar {
    /// Wall-clock nanoseconds since 1970 at the boot of this host, as of the latest reading of both clocks.
    let bootedAt: Int64

    init(wall: Int64, now: Instant) { bootedAt = wall - now.nanoseconds }

    func text(_ instant: Instant) -> String { Self.text(wall: bootedAt + instant.nanoseconds) }

    /// RFC 3339 in UTC with milliseconds: `2026-11-25T02:12:49.123Z`.
    static func text(wall nanoseconds: Int64) -> String {
        let seconds = Double(nanoseconds / 1_000_000) / 1000
        return Date(timeIntervalSince1970: seconds).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
    }
}
