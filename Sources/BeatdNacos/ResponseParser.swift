/// Reads answers from a stream of bytes, in whatever pieces they come (RFC 9112).
///
/// Strict: whatever two readers could understand in two ways is garbage, and garbage ends the connection.
package struct ResponseParser {
    /// A beat's answer has 64 bytes; nobody needs more of a page than this.
    static let longestBody = 256 << 10
    /// The lines between chunks and after them, all together: chunks of one byte are no registry's.
    static let longestFraming = 64 << 10
    /// Answers before the answer (1xx); we ask for none.
    static let mostInterim = 8

    private enum State {
        case head
        case length(missing: Int)
        case untilEnd
        case chunkSize
        case chunk(missing: Int)
        case chunkEnd, trailers
    }

    private var waiting: [UInt8] = []
    /// All before it has been read.
    private var position = 0
    private var lines = LineSearch()
    private var state = State.head
    private var response = HTTPResponse(status: 0, body: [], closes: false)
    private var interim = 0
    private var framing = 0
    /// Where in `waiting` the answer begins that is being read; nil once its first bytes are gone.
    private var answerStart: Int? = 0
    private var last = RememberedAnswer()

    package init() {}

    /// Whether bytes of an unfinished answer came.
    package var hasBegun: Bool {
        if case .head = state { return position < waiting.count || interim > 0 }
        return true
    }

    package mutating func take(_ bytes: some Sequence<UInt8>) {
        if position == waiting.count {
            waiting.removeAll(keepingCapacity: true)
        } else if position > 0 {
            waiting.removeFirst(position)
        }
        if position > 0 { answerStart = nil }
        position = 0
        waiting.append(contentsOf: bytes)
    }

    /// The next whole answer; nil until more bytes come.
    package mutating func next() throws(HTTPGarbage) -> HTTPResponse? {
        if case .head = state, interim == 0 {
            if let length = last.begins(waiting, at: position) {
                position += length
                lines = LineSearch()
                return last.response
            }
            answerStart = position
        }
        guard let response = try read() else { return nil }
        if let answerStart { last.remember(waiting[answerStart..<position], as: response) }
        return response
    }

    private mutating func read() throws(HTTPGarbage) -> HTTPResponse? {
        while true {
            switch state {
            case .head:
                guard let head = try takeHead() else { return nil }
                try begin(head)
                if case .length(missing: 0) = state { return finish() }
            case .length(let missing):
                let left = missing - takeBody(missing)
                guard left == 0 else {
                    state = .length(missing: left)
                    return nil
                }
                return finish()
            case .untilEnd:
                _ = takeBody(waiting.count)
                guard response.body.count <= Self.longestBody else { throw Self.tooLong }
                return nil
            case .chunkSize:
                guard let line = try takeLine() else { return nil }
                let size = try chunkSize(line)
                guard response.body.count + size <= Self.longestBody else { throw Self.tooLong }
                state = size == 0 ? .trailers : .chunk(missing: size)
            case .chunk(let missing):
                let left = missing - takeBody(missing)
                state = left == 0 ? .chunkEnd : .chunk(missing: left)
                if left > 0 { return nil }
            case .chunkEnd:
                guard let line = try takeLine() else { return nil }
                guard line.isEmpty else { throw HTTPGarbage(sentence: "a chunk longer than its size") }
                state = .chunkSize
            case .trailers:
                guard let line = try takeLine() else { return nil }
                if line.isEmpty { return finish() }
            }
        }
    }

    /// The peer ended the stream: an answer without a length is whole by that.
    package mutating func end() -> HTTPResponse? {
        guard case .untilEnd = state else { return nil }
        return finish()
    }

    // MARK: Head

    private static let start = Array("HTTP/1.".utf8)

    private mutating func takeHead() throws(HTTPGarbage) -> ResponseHead? {
        guard zip(waiting[position...], Self.start).allSatisfy(==) else {
            throw HTTPGarbage(sentence: "what came is no HTTP answer")
        }
        while let line = try lines.next(in: waiting, from: position) {
            guard line.isEmpty else { continue }
            let head = try ResponseHead(waiting.span.extracting(position..<line.lowerBound))
            position += lines.searched
            lines = LineSearch()
            return head
        }
        return nil
    }

    private mutating func begin(_ head: ResponseHead) throws(HTTPGarbage) {
        guard head.status >= 200 else {
            interim += 1
            guard head.status != 101, interim <= Self.mostInterim else {
                throw HTTPGarbage(sentence: "HTTP \(head.status), which nobody asked for")
            }
            return  // another answer follows
        }
        response = HTTPResponse(status: head.status, body: [], closes: head.closes, location: head.location)
        switch head.body {
        case .none: state = .length(missing: 0)
        case .length(let length):
            guard length <= Self.longestBody else { throw Self.tooLong }
            state = .length(missing: length)
        case .chunks: state = .chunkSize
        case .untilEnd: state = .untilEnd
        }
    }

    // MARK: Body

    private static let tooLong = HTTPGarbage(sentence: "a body longer than 256 KiB")

    /// Moves at most so many bytes; gives how many.
    private mutating func takeBody(_ most: Int) -> Int {
        let count = min(most, waiting.count - position)
        response.body.append(contentsOf: waiting[position..<(position + count)])
        position += count
        return count
    }

    /// A line of the chunks' framing as a range of `waiting`, without its end.
    private mutating func takeLine() throws(HTTPGarbage) -> Range<Int>? {
        guard let line = try lines.next(in: waiting, from: position) else { return nil }
        position += lines.searched
        framing += lines.searched
        lines = LineSearch()
        guard framing <= Self.longestFraming else { throw HTTPGarbage(sentence: "more framing than body") }
        return line
    }

    /// The hexadecimal number at the start of `1a; extension=x`.
    private func chunkSize(_ line: Range<Int>) throws(HTTPGarbage) -> Int {
        var size = 0
        var digits = 0
        for byte in waiting[line] {
            guard let digit = Self.hexDigit(byte) else {
                guard digits > 0, byte == UInt8(ascii: ";") || byte == 0x20 || byte == 0x09 else { break }
                return size
            }
            digits += 1
            guard digits <= 8 else { break }
            size = size << 4 | digit
        }
        guard digits > 0, digits == line.count else { throw HTTPGarbage(sentence: "a chunk without a size") }
        return size
    }

    private static func hexDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    private mutating func finish() -> HTTPResponse {
        state = .head
        interim = 0
        framing = 0
        defer { response.body = [] }
        return response
    }
}
