import FoundationEssentials

/// How long something is ago, for people: `3 min`.
enum Age {
    /// Of an instant in RFC 3339; as it stands where it can't be read.
    static func text(since instant: String, at now: Date) -> String {
        let form = Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt)
        guard let then = try? form.parse(instant) else { return instant }
        // The clock may have been set back.
        let seconds = Int(max(now.timeIntervalSince(then), 0))
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
