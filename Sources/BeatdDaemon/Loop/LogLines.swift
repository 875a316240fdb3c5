import Linux
import Log

/// Lines of a log for whoever reads them, at no price to what is logged: a reader that hangs loses lines, not beats.
final class LogLines {
    /// How long a line waits for a reader that has read so far; once one was lost, none waits until it reads again.
    private static let patience: Int32 = 100

    private let descriptor: Int32
    private let text: (LogRecord) -> String
    private var lost = 0

    init(to descriptor: Int32, text: @escaping (LogRecord) -> String) {
        self.descriptor = descriptor
        self.text = text
    }

    func write(_ record: LogRecord) {
        let wait = lost > 0 ? 0 : Self.patience
        if lost > 0 {
            let loss = LogRecord(.warning, "Log lines lost; nobody read them", [("lines", String(lost))])
            guard Terminals.offer(text(loss), to: descriptor, within: 0) else {
                lost += 1
                return
            }
            lost = 0
        }
        if !Terminals.offer(text(record), to: descriptor, within: wait) { lost += 1 }
    }
}
