import CCurl
package import Linux
package import Systemd

/// One connection to a server: bytes out, bytes in, without waiting.
@safe package final class Connection {
    /// How opening went.
    package enum Opening {
        case connected
        case failed(TransferError)
    }

    /// What became of bytes that were to be sent.
    package enum Sent: Equatable {
        /// So many were taken, maybe not all.
        case sent(Int)
        /// None now: watch for `.write`.
        case again
        case closed(TransferError)
    }

    /// What came.
    package enum Received: Equatable {
        /// So many bytes were appended; there may be more, also where the socket says nothing (TLS).
        case received(Int)
        /// Nothing now: watch for `.read`.
        case again
        case closed(TransferError)
    }

    private enum State {
        case connecting((Opening) -> Void)
        case decided(Opening, (Opening) -> Void)
        case open
        case closed
    }

    private let multi: Multi
    /// Stays in its multi for life: removing it closes the connection; nil while the name's addresses are asked for.
    private var easy: Easy?
    /// Why the addresses may not be the name's latest, for the sentence of a failure.
    var doubt: String?
    private var source: EventSource?
    private var state: State
    /// What the server said before it was asked.
    private var early: [UInt8] = []

    init(in multi: Multi, then: @escaping (Opening) -> Void) {
        self.multi = multi
        state = .connecting(then)
    }

    /// Begins to connect, unless it was closed before.
    func begin(_ easy: Easy) throws(TransferError) {
        guard case .connecting = state else { return }
        self.easy = easy
        try multi.add(easy, for: self)
    }

    /// Ends it where it never came to connecting, and tells.
    func fail(_ error: TransferError) {
        guard case .connecting(let then) = state else { return }
        close()
        then(.failed(error))
    }

    deinit { close() }

    package var isOpen: Bool {
        switch state {
        case .open: true
        case .connecting, .decided, .closed: false
        }
    }

    /// Sends what the socket takes; an empty span is taken whole.
    package func send(_ bytes: Span<UInt8>) -> Sent {
        guard let easy, isOpen else { return .closed(.closed) }
        guard !bytes.isEmpty else { return .sent(0) }
        var count = 0
        let code = unsafe bytes.withUnsafeBytes { bytes in
            unsafe curl_easy_send(easy.handle, bytes.baseAddress, bytes.count, &count)
        }
        switch code {
        case CURLE_OK: return .sent(count)
        case CURLE_AGAIN: return .again
        default: return .closed(easy.error(code))
        }
    }

    /// Appends what has come, at most `limit` bytes: call it until it says `again`, or nothing more is awaited.
    package func receive(into buffer: inout [UInt8], atMost limit: Int = 16 * 1024) -> Received {
        guard isOpen else { return .closed(.closed) }
        if !early.isEmpty {
            let piece = early.prefix(limit)
            buffer.append(contentsOf: piece)
            early.removeFirst(piece.count)
            return .received(piece.count)
        }
        return read(into: &buffer, atMost: limit)
    }

    private func read(into buffer: inout [UInt8], atMost limit: Int) -> Received {
        guard let easy else { return .closed(.closed) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: limit, alignment: 1) { space in
            var count = 0
            switch unsafe curl_easy_recv(easy.handle, space.baseAddress, limit, &count) {
            case CURLE_OK where count > 0:
                unsafe buffer.append(contentsOf: space[..<count])
                return .received(count)
            case CURLE_OK: return .closed(.closed)
            case CURLE_AGAIN: return .again
            case let code: return .closed(easy.error(code))
            }
        }
    }

    /// Calls `body` whenever the connection is ready; once in its life, when it is open.
    package func watch(
        for readiness: Readiness, priority: Priority = .writes, _ body: @escaping (Readiness) -> Void
    ) throws(SystemCallError) {
        guard let socket = easy?.socket, isOpen, source == nil else { return }
        source = try multi.watch(socket, for: readiness, priority: priority, body)
    }

    /// Waits for something else from now on.
    package func watch(for readiness: Readiness) { source?.watch(for: readiness) }

    /// Closes at once, also from within its own callbacks, of which none comes after.
    package func close() {
        source = nil  // before the descriptor, whose number is used again
        if let easy { multi.forget(easy) }
        easy = nil
        state = .closed
    }
}

extension Connection: MultiMember {
    func finish(_ code: CURLcode) {
        guard let easy, case .connecting(let then) = state else { return }
        var opening = Opening.connected
        if code == CURLE_OK {
            // A connection that was never read or written counts as idle, and libcurl may close it.
            if case .closed(let error) = read(into: &early, atMost: 1024) { opening = .failed(error) }
        } else {
            let error = easy.error(code)
            let sentence = doubt.map { "\($0), and where it was before: \(error.description)" }
            opening = .failed(TransferError(error.reason, sentence ?? error.description))
        }
        state = .decided(opening, then)
    }

    func tell() {
        guard case .decided(let opening, let then) = state else { return }
        switch opening {
        case .connected: state = .open
        case .failed: close()
        }
        then(opening)
    }
}
