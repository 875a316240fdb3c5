import BeatdCore
import BeatdHost
import BeatdSystemd
import Linux
import Log
import Systemd

/// Where log records go: the journal under systemd, text on a terminal, JSON elsewhere, or as configured.
///
/// At no price to what is logged: a reader that hangs loses lines, not beats.
struct LogOutput {
    /// How long the end of the process waits for whoever reads the log.
    private static let patience = Duration.milliseconds(200)

    let logger: Logger
    private let outbox: Outbox

    init(_ settings: LogSettings, isTerminal: Bool) throws(SystemCallError) {
        let format: LogFormat? =
            switch settings.format {
            case .automatic where JournalSink.isAvailable: nil
            case .automatic: isTerminal ? .text : .json
            case .text: .text
            case .json: .json
            }
        if let format {
            try self.init(settings.level, { Self.line($0, format) }, { Terminals.write($0, to: 2) })
        } else {
            let journal = try Journal()
            try self.init(settings.level, JournalSink.bytes(of:), journal.deliver)
        }
    }

    /// Records go to `deliver` as `bytes` makes them.
    init(
        _ level: LogLevel, mostBytes: Int = Outbox.mostBytes, _ bytes: @escaping @Sendable (LogRecord) -> [UInt8],
        _ deliver: @escaping @Sendable ([UInt8]) -> Void
    ) throws(SystemCallError) {
        let outbox = try Outbox(mostBytes: mostBytes, loss: { bytes(Self.loss(of: $0)) }, deliver: deliver)
        self.outbox = outbox
        logger = Logger(level: level) { outbox.put(bytes($0)) }
    }

    /// Waits a little for whoever reads what was said last; for the very end.
    func flush() { outbox.flush(within: Self.patience) }

    private static func loss(of lines: Int) -> LogRecord {
        LogRecord(.warning, "Log lines lost; nobody read them", [("lines", .number(lines))])
    }

    private static func line(_ record: LogRecord, _ format: LogFormat) -> [UInt8] {
        Array(format.line(record, at: Calendar.text(wall: Clocks.wall())).utf8)
    }

    /// What a record says of a refused file.
    static func fields(_ rejection: Rejection) -> [(key: String, value: LogValue)] {
        var fields = [(key: "file", value: LogValue.text(rejection.file))]
        if let line = rejection.line { fields.append(("line", .number(line))) }
        if let key = rejection.key { fields.append(("key", .text(key))) }
        return fields + [("reason", .text(rejection.error))]
    }
}
