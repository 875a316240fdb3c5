/// One request and what came of it.
struct LogLine: Sendable {
    var at: Moment
    var connection: UInt64
    /// Counts all requests of this server, from 1.
    var request: Int
    var call: Call
    var answer: Answer

    var text: String {
        JSON.object([
            ("at", .string("\(Timestamp(at))")),
            // For differences: the clock that the moment above may not be.
            ("boot", .number("\(at.boot)")),
            ("connection", .number("\(connection)")), ("request", .number("\(request)")),
            ("method", .string(call.method)), ("path", .string(call.path)),
            ("parameters", call.parameters.json), ("status", .number("\(answer.status)")),
            ("code", answer.code.map { .number("\($0)") } ?? .null), ("applied", .bool(answer.isApplied)),
        ]).text
    }
}
