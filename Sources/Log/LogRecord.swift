/// One thing worth saying: a constant message, and what it is about in fields.
package struct LogRecord: Sendable {
    package var level: LogLevel
    package var message: String
    /// Keys are lower-case words: `instance`, `phase`, `reason`, `file`.
    package var fields: [(key: String, value: LogValue)]

    /// By level, message and fields.
    package init(_ level: LogLevel, _ message: String, _ fields: [(key: String, value: LogValue)] = []) {
        self.level = level
        self.message = message
        self.fields = fields
    }
}
