import FoundationEssentials
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

    /// Gives an answer that is a yes; everything else is a failure with the daemon's own sentence.
    func get(_ target: String) throws(Failure) -> Answer { try ask("GET", target, patience: Self.patience) }

    /// Has something done; `patience` is how long that may take.
    func post(_ target: String, patience: Duration) throws(Failure) -> Answer {
        try ask("POST", target, patience: patience)
    }

    private func ask(_ method: String, _ target: String, patience: Duration) throws(Failure) -> Answer {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            let socket = try Sockets.connect(toUnix: path, wait: patience)
            let request = "\(method) \(target) HTTP/1.0\r\nHost: beatd\r\nContent-Length: 0\r\n\r\n"
            try Files.writeAll(Array(request.utf8), to: socket)
            bytes = try Self.readAll(socket)
        } catch { throw failure(error) }
        guard let answer = Self.parse(bytes) else { throw foreign }
        return try judged(answer)
    }

    private func judged(_ answer: Answer) throws(Failure) -> Answer {
        let sentence = Refusal.decode(answer.body)?.error.message
        switch (answer.status, sentence) {
        case (200, _): return answer
        case (403, _):
            throw Failure(
                code: .notPermitted,
                sentence: "\(path): not permitted; run it as root or as a member of group \(ControlSocket.group)")
        case (404, let sentence?): throw Failure(code: .noInput, sentence: sentence)
        case (_, let sentence?): throw Failure(code: .unavailable, sentence: "\(path): \(sentence)")
        case (_, nil): throw misunderstood(answer)
        }
    }

    /// What is said where an answer can't be read.
    func misunderstood(_ answer: Answer) -> Failure {
        guard answer.status != 200 else { return foreign }
        return Failure(code: .unavailable, sentence: "\(path): the daemon answered \(answer.status)")
    }

    private var foreign: Failure {
        Failure(code: .unavailable, sentence: "\(path): what listens there does not answer as beatd does")
    }

    /// An error of the control API (contract 7.1).
    private struct Refusal: Decodable {
        struct Reason: Decodable { var message: String }
        var error: Reason

        static func decode(_ bytes: [UInt8]) -> Refusal? {
            try? JSONDecoder().decode(Refusal.self, from: Data(bytes))
        }
    }

    private func failure(_ error: SystemCallError) -> Failure {
        if error.isNotFound || error.isRefused {
            return Failure(code: .unavailable, sentence: "beatd is not running: nothing listens on \(path)")
        }
        if error.isPermission {
            return Failure(
                code: .notPermitted,
                sentence: "\(path): not permitted; run it as root or as a member of group \(ControlSocket.group)")
        }
        if error.isAgain {
            return Failure(code: .unavailable, sentence: "\(path): beatd does not answer in time; see its log")
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
