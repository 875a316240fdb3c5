/// Where one target does otherwise, the observation that says so, and what is expected there instead.
struct Difference: Sendable {
    let target: TargetKind
    /// Below registries/observed/.
    let file: String
    /// Text that stands in that file.
    let line: String
    let steps: Case.Steps

    /// A call of v1 that 3.x counts as an operator's, and has switched off (410).
    static func gone(_ method: String, _ path: String, _ parameters: String...) -> Difference {
        let query = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
        let line = "`\(method) /nacos/v1/ns/\(path)\(query)` → **410**"
        return Difference(target: .nacos31, file: "nacos-3x.md", line: line) { session in
            let reply = try session.ask(method, path, parameters)
            try session.expect(reply.status == 410, "\(method) \(path): 410", got: reply)
            try session.expect(reply.text.contains("40000"), "code 40000 in the message", got: reply)
            try session.expect(!reply.saysClose, "a connection that stays", got: reply)
        }
    }

    init(target: TargetKind, file: String, line: String, steps: @escaping Case.Steps) {
        self.target = target
        self.file = file
        self.line = line
        self.steps = steps
    }
}
