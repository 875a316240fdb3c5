import BeatdCore
import BeatdHost
import BeatdSystemd
import Linux
import Log

/// Where log records go: the journal under systemd, text on a terminal, JSON elsewhere, or as configured.
enum LogOutput {
    static func logger(_ settings: LogSettings, isTerminal: Bool) -> Logger {
        let level = settings.level
        switch settings.format {
        case .automatic where JournalSink.isAvailable: return Logger(level: level, sink: JournalSink.write)
        case .automatic: return Logger(level: level, sink: line(isTerminal ? .text : .json))
        case .text: return Logger(level: level, sink: line(.text))
        case .json: return Logger(level: level, sink: line(.json))
        }
    }

    private static func line(_ format: LogFormat) -> (LogRecord) -> Void {
        LogLines(to: 2) { format.line($0, at: Calendar.text(wall: Clocks.wall())) }.write
    }

    /// What a record says of a refused file.
    static func fields(_ rejection: Rejection) -> [(key: String, value: String)] {
        var fields = [(key: "file", value: rejection.file)]
        if let line = rejection.line { fields.append(("line", String(line))) }
        if let key = rejection.key { fields.append(("key", key)) }
        return fields + [("reason", rejection.error)]
    }
}
