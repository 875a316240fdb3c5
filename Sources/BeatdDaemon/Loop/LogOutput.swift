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
    private let format: LogFormat?

    init(_ settings: LogSettings, isTerminal: Bool) throws(SystemCallError) {
        let format: LogFormat? =
            switch settings.format {
            case .automatic where JournalSink.isAvailable: nil
            case .automatic: isTerminal ? .text : .json
            case .text: .text
            case .json: .json
            }
        let journal = format == nil ? try Journal() : nil
        let outbox = try Outbox(
            loss: { Self.bytes(of: Self.loss(of: $0), format) },
            deliver: { record in if let journal { journal.deliver(record) } else { Terminals.write(record, to: 2) } })
        self.format = format
        self.outbox = outbox
        logger = Logger(level: settings.level) { outbox.put(Self.bytes(of: $0, format)) }
    }

    /// Why the daemon doesn't start, or go on: as every command says it, and to the journal as an error.
    func complain(_ sentence: String) {
        let record = LogRecord(.error, sentence)
        outbox.put(format == nil ? Self.bytes(of: record, nil) : Array(Terminal.complaint(sentence).utf8))
    }

    /// Waits a little for whoever reads what was said last; for the very end.
    func flush() { outbox.flush(within: Self.patience) }

    private static func loss(of lines: Int) -> LogRecord {
        LogRecord(.warning, "Log lines lost; nobody read them", [("lines", .number(lines))])
    }

    /// nil: for the journal.
    private static func bytes(of record: LogRecord, _ format: LogFormat?) -> [UInt8] {
        guard let format else { return JournalSink.bytes(of: record) }
        return Array(format.line(record, at: Calendar.text(wall: Clocks.wall())).utf8)
    }

    /// What one field has room for.
    private static let mostNames = 20

    /// `a b c`, or the first of many with their number.
    static func list(_ names: [String]) -> LogValue {
        let more = names.count - mostNames
        return .text(names.prefix(mostNames).joined(separator: " ") + (more > 0 ? " and \(more) more" : ""))
    }

    /// What a record says of a refused file.
    static func fields(_ rejection: Rejection) -> [(key: String, value: LogValue)] {
        var fields = [(key: "file", value: LogValue.text(rejection.file))]
        if let line = rejection.line { fields.append(("line", .number(line))) }
        if let key = rejection.key { fields.append(("key", .text(key))) }
        return fields + [("reason", .text(rejection.error))]
    }
}
