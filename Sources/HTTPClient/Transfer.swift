import CCurl

/// One question and its whole answer.
@safe package final class Transfer {
    /// What is asked, and how much is waited for and taken.
    package struct Request: Sendable {
        package var method: String
        /// With a literal address, unless `unixSocket` is set: a name would hold up the loop as long as name servers like.
        package var url: String
        package var headers: [(name: String, value: String)] = []
        package var body: [UInt8] = []
        /// Where the server listens, if not where the URL says.
        package var unixSocket: String?
        /// For all of it, from the name to the last byte.
        package var timeout = Duration.seconds(5)
        package var bodyLimit = 64 * 1024
        /// Whether no other transfer may use the connection, before or after.
        package var isAlone = false

        package init(_ method: String = "GET", _ url: String) {
            self.method = method
            self.url = url
        }
    }

    /// What was answered.
    package struct Reply: Sendable {
        package let status: Int
        /// In the order they came in, names as they were written.
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]

        /// The first header of this name, whatever its case.
        package func header(_ name: String) -> String? {
            let wanted = name.lowercased()
            return headers.first { $0.name.lowercased() == wanted }?.value
        }
    }

    private let multi: Multi
    private let request: Request
    private var easy: Easy?
    private var then: ((Result<Reply, TransferError>) -> Void)?
    private var result: Result<Reply, TransferError>?
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var isTooLarge = false
    /// Whoever keeps it lets it go.
    var ended: (() -> Void)?

    /// More of this is nobody's head of an answer.
    private static let headerLimit = 64 * 1024

    init(_ request: Request, in multi: Multi, then: @escaping (Result<Reply, TransferError>) -> Void)
        throws(TransferError)
    {
        self.request = request
        self.multi = multi
        self.then = then
        easy = try Easy(request.url, connectTimeout: request.timeout)
    }

    func start() throws(TransferError) {
        guard let easy else { return }
        try easy.set(timeout: request.timeout)
        try setMethod(of: easy)
        // An empty header is one that libcurl leaves out: it would wait for leave to send a large body.
        try easy.set(headers: request.headers.map { "\($0.name): \($0.value)" } + ["Expect:"])
        if let path = request.unixSocket { try easy.set(CURLOPT_UNIX_SOCKET_PATH, path) }
        if request.isAlone {
            try easy.set(CURLOPT_FRESH_CONNECT, 1)
            try easy.set(CURLOPT_FORBID_REUSE, 1)
        }
        // We end the handle before we end, in `release`.
        let userdata = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe try easy.set(CURLOPT_HEADERDATA, pointer: userdata)
        unsafe try easy.set(CURLOPT_WRITEDATA, pointer: userdata)
        unsafe try easy.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, transfer in
            unsafe Transfer.take(bytes, size * count, transfer) { unsafe $0.note(header: $1) }
        }
        unsafe try easy.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, transfer in
            unsafe Transfer.take(bytes, size * count, transfer) { unsafe $0.note(body: $1) }
        }
        try multi.add(easy, for: self)
    }

    deinit { release() }

    /// Ends it; nobody is told.
    package func cancel() {
        then = nil
        release()
        leave()
    }

    private func setMethod(of easy: Easy) throws(TransferError) {
        if request.method == "HEAD" {
            try easy.set(CURLOPT_NOBODY, 1)
            return
        }
        if !request.body.isEmpty || request.method == "POST" { try easy.set(body: request.body) }
        try easy.set(CURLOPT_CUSTOMREQUEST, request.method)
    }

    private func release() {
        if let easy { multi.remove(easy) }
        easy = nil
    }

    private func leave() {
        let ended = ended
        self.ended = nil
        ended?()
    }

    // MARK: What libcurl says, which is only noted

    private static func take(
        _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ transfer: UnsafeMutableRawPointer?,
        _ note: (Transfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let transfer = unsafe transfer else { return 0 }
        let taken = unsafe note(
            Unmanaged<Transfer>.fromOpaque(transfer).takeUnretainedValue(),
            UnsafeRawBufferPointer(start: bytes, count: count))
        return taken ? count : 0  // less than all ends the transfer
    }

    private func note(header bytes: UnsafeRawBufferPointer) -> Bool {
        headerBytes += bytes.count
        guard headerBytes <= Self.headerLimit else {
            isTooLarge = true
            return false
        }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        guard let colon = line.firstIndex(of: ":") else {
            // A status line: what came before was an interim answer's.
            if line.hasPrefix("HTTP/") { headers = [] }
            return true
        }
        headers.append((String(line[..<colon]), Self.trimmed(line[line.index(after: colon)...])))
        return true
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    private func note(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= request.bodyLimit else {
            isTooLarge = true
            return false
        }
        unsafe body.append(contentsOf: bytes)
        return true
    }
}

extension Transfer: MultiMember {
    func finish(_ code: CURLcode) {
        guard let easy else { return }
        if isTooLarge {
            result = .failure(TransferError(.tooLarge, "the answer is larger than \(request.bodyLimit) bytes"))
        } else if code == CURLE_OK {
            result = .success(Reply(status: easy.get(CURLINFO_RESPONSE_CODE), headers: headers, body: body))
        } else {
            result = .failure(easy.error(code))
        }
        release()
    }

    func tell() {
        let then = then
        self.then = nil
        leave()
        if let result { then?(result) }
    }
}
