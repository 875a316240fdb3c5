/// Hands records that matter enough to whoever writes them.
package struct Logger {
    private let level: LogLevel
    private let sink: (LogRecord) -> Void

    package init(level: LogLevel, sink: @escaping (LogRecord) -> Void) {
        self.level = level
        self.sink = sink
    }

    package func log(_ level: LogLevel, _ message: String, _ fields: [(key: String, value: String)] = []) {
        guard level <= self.level else { return }
        sink(LogRecord(level, message, fields))
    }

    package func error(_ message: String, _ fields: [(key: String, value: String)] = []) {
        log(.error, message, fields)
    }
    package func warning(_ message: String, _ fields: [(key: String, value: String)] = []) {
        log(.warning, message, fields)
    }
    package func notice(_ message: String, _ fields: [(key: String, value: String)] = []) {
        log(.notice, message, fields)
    }
    package func info(_ message: String, _ fields: [(key: String, value: String)] = []) { log(.info, message, fields) }
    package func debug(_ message: String, _ fields: [(key: String, value: String)] = []) {
        log(.debug, message, fields)
    }
}
