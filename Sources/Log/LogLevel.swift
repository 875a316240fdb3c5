/// How much a record matters; syslog's numbers (syslog(3)).
package enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case error = 3
    /// Somebody should do something.
    case warning = 4
    /// A change that an operator wants to see.
    case notice = 5
    case info = 6
    case debug = 7

    /// The word in configuration and JSON.
    package var name: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .notice: "notice"
        case .info: "info"
        case .debug: "debug"
        }
    }

    /// Less important is greater.
    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
