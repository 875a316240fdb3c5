internal import Glibc
package import Linux

/// Structured records to systemd's journal, in its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL).
///
/// Sent by a socket of ours: sd_journal_sendv(3) waits for a journal that doesn't read, whoever calls it.
package final class Journal: Sendable {
    /// Longer values are cut off: what a datagram has room for, eight fields of that size and more (contract P8).
    package static let longestValue = 16 << 10
    private static let path = "/run/systemd/journal/socket"
    /// A journal that is being restarted is tried again this often.
    private static let pause: Int32 = 100

    private let socket: Datagrams

    /// Opens the socket; whether a journal is there shows when a record is sent.
    package init() throws(SystemCallError) { socket = try Datagrams() }

    /// Whether standard error is the journal's stream, as `JOURNAL_STREAM` says (systemd.exec(5)).
    package static let isOurStandardError: Bool = {
        guard let text = unsafe getenv("JOURNAL_STREAM") else { return false }
        let parts = unsafe String(cString: text).split(separator: ":").compactMap { UInt64($0) }
        var status = stat()
        guard parts.count == 2, unsafe fstat(2, &status) == 0 else { return false }
        return parts[0] == UInt64(status.st_dev) && parts[1] == UInt64(status.st_ino)
    }()

    /// One record as the journal takes it; keys in capitals, values of any bytes.
    package static func record(_ fields: [(key: String, value: String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            let value = cut(Array(field.value.utf8))
            bytes += Array(field.key.utf8)
            if value.contains(0x0a) {
                // A value with line breaks goes by its length: 64 bits, the lowest byte first.
                bytes.append(0x0a)
                bytes += (0..<8).map { UInt8(truncatingIfNeeded: value.count >> ($0 * 8)) }
            } else {
                bytes.append(UInt8(ascii: "="))
            }
            bytes += value
            bytes.append(0x0a)
        }
        return bytes
    }

    /// Hands a record over, and waits as long as the journal doesn't read or isn't there: not for the loop's thread.
    ///
    /// One that it would never take is dropped.
    package func deliver(_ record: [UInt8]) {
        while true {
            do throws(SystemCallError) { return try socket.send(record, to: Self.path, isWaiting: true) } catch {
                guard error.isRefused || error.isNotFound || error.isExhausted || error.isReset else { return }
                _ = poll(nil, 0, Self.pause)
            }
        }
    }

    private static func cut(_ value: [UInt8]) -> [UInt8] {
        guard value.count > longestValue else { return value }
        // Not in the middle of a character: its later bytes are 10xxxxxx.
        var end = longestValue
        while end > 0, value[end] & 0xc0 == 0x80 { end -= 1 }
        return value[..<end] + Array("…".utf8)
    }
}
