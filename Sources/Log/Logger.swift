/// Hands records that matter enough to whoever writes them.
package struct Logger {
    private let level: LogLevel
    private let sink: (LogRecord) -> Void

    /// Records that matter less than `level` are dropped.
    package init(level: LogLevel, sink: @escaping (LogRecord) -> Void) {
        self.level = level
        self.sink = sink
    }

    /// Hands a record on, if it matters enough.
    package func log(_ level: LogLevel, _ message: String, _ fields: [(key: String, value: LogValue)] = []) {
        guard level <= self.level else { return }
        sink(LogRecord(level, message, fields))
    }

    /// Something is lost.
    package func error(_ message: String, _ fields: [(key: String, value: LogValue)] = []) {
        log(.error, message, fields)
    }
    /// Somebody should do something.
    package func warning(_ message: String, _ fields: [(key: String, value: LogValue)] = []) {
        log(.warning, message, fields)
    }
    /// A change that an operator wants to see.
    package func notice(_ message: String, _ fields: [(key: String, value: LogValue)] = []) {
        log(.notice, message, fields)
    }
    /// Good to know when one looks.
    package func info(_ message: String, _ fields: [(key: String, value: LogValue)] = []) {
        log(.info, message, fields)
    }
    /// For whoever works on beatd.
    package func debug(_ message: String, _ fields: [(key: String, value: LogValue)] = []) {
        log(.debug, message, fields)
    }
}
