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
        { record in Terminals.write(format.line(record, at: Calendar.text(wall: Clocks.wall())), to: 2) }
    }

    /// What a record says of a refused file.
    static func fields(_ rejection: Rejection) -> [(key: String, value: String)] {
        var fields = [(key: "file", value: rejection.file)]
        if let line = rejection.line { fields.append(("line", String(line))) }
        if let key = rejection.key { fields.append(("key", key)) }
        return fields + [("reason", rejection.error)]
    }
}
