import Linux

/// Asks the running daemon over its control socket (contract 7.1).
struct ControlClient {
    /// Why there is no answer, as the sentence and exit code of contract 5.
    struct Failure: Error {
        var code: ExitCode
        var sentence: String
    }

    struct Answer {
        var status: Int
        var body: [UInt8]
    }

    /// A read or write that takes longer is a daemon that hangs.
    private static let patience = Duration.seconds(10)
    /// 10,000 instances take about 8 MiB.
    private static let limit = 256 << 20

    let path: String

    func get(_ target: String) throws(Failure) -> Answer {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            let socket = try Sockets.connect(toUnix: path, wait: Self.patience)
            try Files.writeAll(Array("GET \(target) HTTP/1.0\r\nHost: beatd\r\n\r\n".utf8), to: socket)
            bytes = try Self.readAll(socket)
        } catch { throw failure(error) }
        guard let answer = Self.parse(bytes) else {
            throw Failure(code: .unavailable, sentence: "\(path): what listens there does not answer as beatd does")
        }
        if answer.status == 403 {
            throw Failure(
                code: .notPermitted, sentence: "\(path): not permitted; run it as root or as a member of group beatd")
        }
        return answer
    }

    private func failure(_ error: SystemCallError) -> Failure {
        if error.isNotFound || error.isRefused {
            return Failure(code: .unavailable, sentence: "beatd is not running: nothing listens on \(path)")
        }
        if error.isPermission {
            return Failure(
                code: .notPermitted, sentence: "\(path): not permitted; run it as root or as a member of group beatd")
        }
        return Failure(code: .unavailable, sentence: error.description)
    }

    private static func readAll(_ socket: borrowing Descriptor) throws(SystemCallError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let piece = try Files.readOnce(socket, most: 1 << 16)
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }

    /// Status and body of an answer that ends with its connection (RFC 1945).
    private static func parse(_ bytes: [UInt8]) -> Answer? {
        let end: [UInt8] = [13, 10, 13, 10]
        guard let head = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
        let words = String(decoding: bytes[..<head], as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1].prefix(3)) else { return nil }
        return Answer(status: status, body: Array(bytes[(head + 4)...]))
    }
}
