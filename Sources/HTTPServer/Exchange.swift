import CMicroHTTPD
import Glibc

/// One request from its first line to the end of its answer.
@safe final class Exchange {
    /// Libmicrohttpd calls for the head, for each piece of the body, for its end, and after each resume.
    private enum State {
        case head
        case body
        case handling
        /// Suspended: libmicrohttpd neither reads nor times it out, and must not be stopped meanwhile.
        case waiting
        case answered(Response, rest: BodyReader.Rest?)
        case aborted
        case ended
    }

    /// Nil once the server goes: a responder may outlive it.
    private weak var server: HTTPServer?
    private let bodyLimit: Int
    private unowned let client: Client
    private let target: String
    private let connection: OpaquePointer
    private var state = State.head
    private var body: [UInt8] = []
    private var bodyBytes = 0

    init(_ target: String, of client: Client, on connection: OpaquePointer, at server: HTTPServer) {
        self.server = server
        bodyLimit = server.limits.body
        self.client = client
        self.target = target
        unsafe self.connection = connection
    }

    // MARK: What libmicrohttpd says

    func proceed(method: UnsafePointer<CChar>, piece: UnsafeRawBufferPointer) -> MHD_Result {
        switch state {
        case .head:
            // An answer now would close the connection after it, which is right only for what we won't read.
            state = .body
            guard declaredLength > bodyLimit else { return .YES }
            return queue(Self.tooLarge, rest: nil)
        case .body where unsafe !piece.isEmpty: return unsafe read(piece)
        case .body where bodyBytes > bodyLimit: return queue(Self.tooLarge, rest: nil)
        case .body: return unsafe ask(method: String(cString: method))
        case .answered(let response, let rest): return queue(response, rest: rest)
        case .handling, .waiting:
            suspend()
            return .YES
        case .aborted, .ended: return .NO
        }
    }

    /// The connection is no longer ours to answer on.
    func end() {
        state = .ended
        client.exchange = nil
        server?.isFree(client)
    }

    private var declaredLength: Int {
        guard let text = unsafe MHD_lookup_connection_value(connection, .HEADER_KIND, "Content-Length") else {
            return 0
        }
        // What isn't a number in range is refused by libmicrohttpd before.
        return unsafe Int(String(cString: text)) ?? .max
    }

    /// A body in chunks has no length to refuse: what is too much is read and forgotten, up to a limit.
    private func read(_ piece: UnsafeRawBufferPointer) -> MHD_Result {
        bodyBytes += piece.count
        guard bodyBytes <= bodyLimit else {
            body = []
            return bodyBytes <= bodyLimit * Self.patience ? .YES : .NO
        }
        unsafe body.append(contentsOf: piece)
        return .YES
    }

    private func ask(method: String) -> MHD_Result {
        guard let server else { return .NO }
        state = .handling
        server.handler(request(method: method), Responder(self))
        switch state {
        case .answered(let response, let rest): return queue(response, rest: rest)
        case .handling:
            suspend()
            return .YES
        case .head, .body, .waiting, .aborted, .ended: return .NO
        }
    }

    private func suspend() {
        state = .waiting
        unsafe MHD_suspend_connection(connection)
    }

    private func request(method: String) -> Request {
        let target = target.utf8.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        return Request(
            method: method, path: target.first.flatMap { String($0) } ?? "",
            query: target.count > 1 ? FormDecoding.pairs(Array(target[1])[...]) : [], headers: headers(), body: body,
            peer: client.peer, connection: client.id, requestNumber: client.requests)
    }

    private func headers() -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        unsafe withUnsafeMutablePointer(to: &headers) { headers in
            _ = unsafe MHD_get_connection_values(
                connection, .HEADER_KIND,
                { headers, _, name, value in
                    guard let headers = unsafe headers, let name = unsafe name else { return .YES }
                    let text = unsafe value.map { unsafe String(cString: $0) } ?? ""
                    unsafe headers.assumingMemoryBound(to: [(name: String, value: String)].self).pointee.append(
                        (name: String(cString: name), value: text))
                    return .YES
                }, headers)
        }
        return headers
    }

    /// Whether the request isn't whole yet.
    var isAsking: Bool {
        switch state {
        case .head, .body: true
        case .handling, .waiting, .answered, .aborted, .ended: false
        }
    }

    /// Whether the answer is out, and the client takes it.
    var isSending: Bool { if case .ended = state { true } else { false } }

    /// Whether nobody waits for the answer any more: libmicrohttpd doesn't look while the connection is suspended.
    var isGone: Bool {
        if case .ended = state { return true }
        var socket = pollfd(fd: client.socket, events: 0, revents: 0)
        // Only the end of both directions counts (poll(2)): who has said all may still listen.
        return unsafe poll(&socket, 1, 0) > 0 && Int32(socket.revents) & (POLLHUP | POLLERR) != 0
    }

    // MARK: What the handler says

    func answer(_ response: Response, rest: BodyReader.Rest?) { decide(.answered(response, rest: rest)) }

    func abort() { decide(.aborted) }

    private func decide(_ decision: State) {
        switch state {
        case .handling: state = decision
        case .waiting:
            state = decision
            unsafe MHD_resume_connection(connection)
            server?.wake()
        case .head, .body, .answered, .aborted, .ended: break
        }
    }

    private func queue(_ response: Response, rest: BodyReader.Rest?) -> MHD_Result {
        state = .ended
        var response = response
        if server?.isStopping ?? true { response.closes = true }
        guard let raw = unsafe make(response, rest) else { return .NO }
        defer { unsafe MHD_destroy_response(raw) }
        return unsafe MHD_queue_response(connection, UInt32(clamping: response.status), raw)
    }

    /// Whether a body that is written piece by piece may go on in this turn; else the next one goes on with it.
    func mayWrite() -> Bool {
        guard let server, !server.turn.admit(self) else { return true }
        unsafe MHD_suspend_connection(connection)
        return false
    }

    var hasTime: Bool { server?.turn.hasTime ?? true }

    /// Goes on with what `mayWrite` put off.
    func goOn() { unsafe MHD_resume_connection(connection) }

    /// Nil for a header that can't be sent, such as one with a line break: nothing is better than half an answer.
    private func make(_ response: Response, _ rest: BodyReader.Rest?) -> OpaquePointer? {
        let isWhole = rest == nil && !response.isChunked
        guard let raw = unsafe isWhole ? whole(response.body) : inPieces(response.body, rest) else { return nil }
        var isComplete = true
        for (name, value) in response.headers {
            if unsafe MHD_add_response_header(raw, name, value) != .YES { isComplete = false }
        }
        if response.closes, unsafe MHD_add_response_header(raw, "Connection", "close") != .YES { isComplete = false }
        if isComplete { return unsafe raw }
        unsafe MHD_destroy_response(raw)
        return nil
    }

    private func whole(_ body: [UInt8]) -> OpaquePointer? {
        var body = body
        // Copied there: the bytes needn't outlive this call.
        return unsafe body.withUnsafeMutableBytes { bytes in
            unsafe MHD_create_response_from_buffer(bytes.count, bytes.baseAddress, .RESPMEM_MUST_COPY)
        }
    }

    /// Libmicrohttpd asks piece by piece for a body whose size it doesn't know, and frees the reader at the end.
    private func inPieces(_ body: [UInt8], _ rest: BodyReader.Rest?) -> OpaquePointer? {
        let reader = unsafe Unmanaged.passRetained(BodyReader(body, rest: rest, of: self)).toOpaque()
        return unsafe MHD_create_response_from_callback(
            beatd_mhd_size_unknown, Self.chunkSize,
            { reader, _, buffer, size in
                guard let reader = unsafe reader, let buffer = unsafe buffer else { return beatd_mhd_end_of_stream }
                let target = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: size)
                return unsafe Unmanaged<BodyReader>.fromOpaque(reader).takeUnretainedValue().copy(to: target)
            }, reader,
            { reader in if let reader = unsafe reader { unsafe Unmanaged<BodyReader>.fromOpaque(reader).release() } })
    }

    private static let tooLarge = Response(status: 413, text: "the body is too large\n", closes: true)
    /// How many times the largest body is read before a client that doesn't end is cut off.
    private static let patience = 8
    private static let chunkSize = 8192
}
