internal import CSystemd
internal import Glibc

/// Structured records to systemd's journal (sd_journal_sendv(3)).
package enum Journal {
    /// Whether standard error is the journal's stream, as `JOURNAL_STREAM` says (systemd.exec(5)).
    package static let isOurStandardError: Bool = {
        guard let text = unsafe getenv("JOURNAL_STREAM") else { return false }
        let parts = unsafe String(cString: text).split(separator: ":").compactMap { UInt64($0) }
        var status = stat()
        guard parts.count == 2, unsafe fstat(2, &status) == 0 else { return false }
        return parts[0] == UInt64(status.st_dev) && parts[1] == UInt64(status.st_ino)
    }()

    /// Sends one record; keys in capitals, values of any bytes.
    ///
    /// False where the journal refused it; without a journal the record is dropped.
    @discardableResult
    package static func send(_ fields: [(key: String, value: String)]) -> Bool {
        // One buffer for all fields, sliced by offsets: nested buffers would break exclusivity.
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for field in fields {
            bytes += Array("\(field.key)=\(field.value)".utf8)
            ends.append(bytes.count)
        }
        return unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return false }
            var vectors: [iovec] = unsafe []
            var offset = 0
            for end in ends {
                unsafe vectors.append(iovec(iov_base: start + offset, iov_len: end - offset))
                offset = end
            }
            return unsafe sd_journal_sendv(vectors, Int32(vectors.count)) >= 0
        }
    }
}
