package import Log
import Systemd

/// Puts records into the journal as structured fields (systemd.journal-fields(7)).
package enum JournalSink {
    /// Whether standard error leads to the journal, so that records belong there with their fields.
    package static var isAvailable: Bool { Journal.isOurStandardError }

    /// The usual `MESSAGE=` and `PRIORITY=`, and ours such as `BEATD_INSTANCE=`.
    package static func bytes(of record: LogRecord) -> [UInt8] {
        Journal.record(
            [
                ("MESSAGE", LogFormat.summary(record)), ("PRIORITY", String(record.level.rawValue)),
                ("SYSLOG_IDENTIFIER", "beatd"),
            ] + record.fields.map { ("BEATD_\($0.key.uppercased())", $0.value.description) })
    }
}
