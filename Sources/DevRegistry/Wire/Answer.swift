/// What a request is answered, and what it did.
struct Answer: Sendable {
    var status = 200
    /// Nil where Nacos sends none.
    var type: String?
    var body: String
    /// Nacos sends JSON in chunks and text with its length.
    var isChunked = false
    /// Nacos' own code, where the body has one.
    var code: Int?
    /// Whether the registry keeps something else, or for longer, than before.
    var isApplied = false

    static let plain = "text/plain;charset=UTF-8"

    static func text(_ body: String, isApplied: Bool = false) -> Answer {
        Answer(type: plain, body: body, isApplied: isApplied)
    }

    static func ok(_ isApplied: Bool) -> Answer { .text("ok", isApplied: isApplied) }

    static func json(_ value: JSON) -> Answer {
        Answer(type: "application/json", body: value.text, isChunked: true)
    }

    /// As v3 answers everything that reaches a controller.
    static func envelope(
        _ code: ErrorCode, _ data: JSON, message: String? = nil, status: Int = 200, isApplied: Bool = false
    ) -> Answer {
        var answer = json(
            .object([
                ("code", .number("\(code.rawValue)")), ("message", .string(message ?? code.message)), ("data", data),
            ]))
        answer.status = status
        answer.code = code.rawValue
        answer.isApplied = isApplied
        return answer
    }

    /// A refusal in the envelope of whoever refuses.
    init(_ refusal: Refusal, path: String, at now: Moment, checkerEnding: String) {
        switch refusal.origin {
        case .controller, .binder: self.init(status: refusal.status, type: Self.plain, body: refusal.text)
        case .checker: self.init(status: refusal.status, type: nil, body: refusal.text + checkerEnding)
        case .filter, .metadata:
            let names = [
                400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 410: "Gone",
                500: "Internal Server Error", 501: "Not Implemented",
            ]
            self = .json(
                .object([
                    ("timestamp", .string("\(Timestamp(now, digits: 3, zone: "+00:00"))")),
                    ("status", .number("\(refusal.status)")), ("error", .string(names[refusal.status] ?? "")),
                    ("message", .string(refusal.text)), ("path", .string(path)),
                ]))
            status = refusal.status
        }
    }

    init(
        status: Int = 200, type: String?, body: String, isChunked: Bool = false, code: Int? = nil,
        isApplied: Bool = false
    ) {
        self.status = status
        self.type = type
        self.body = body
        self.isChunked = isChunked
        self.code = code
        self.isApplied = isApplied
    }
}
