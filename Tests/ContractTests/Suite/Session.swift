import DevRegistry

/// One case at work on one target: a connection, names of its own, and words for what is wanted.
final class Session {
    let target: Target
    let client: Client
    /// Unlike that of any other case.
    let service: String
    private let number: Int

    init(_ target: Target, number: Int) {
        self.target = target
        self.number = number
        client = Client(target.address)
        service = "case-\(number)"
    }

    var kind: TargetKind { target.kind }

    /// The n-th address of this case; a registry looks at all that one address publishes together.
    func ip(_ n: Int = 1) -> String { "10.\(number / 250).\(number % 250 + 1).\(n)" }

    // MARK: Asking

    /// A path behind `/v1/ns/`.
    func path(_ path: String, _ parameters: [String]) -> String {
        let query = Self.encoded(parameters)
        return target.contextPath + "/v1/ns/" + path + (query.isEmpty ? "" : "?" + query)
    }

    func ask(_ method: String, _ path: String, _ parameters: [String], form: [String]? = nil) throws -> Reply {
        try client.ask(method, self.path(path, parameters), form: form.map(Self.encoded))
    }

    /// This case's service and first address, with more, or with others where more names them.
    func own(_ more: [String]) -> [String] {
        let usual = ["serviceName=\(service)", "ip=\(ip())", "port=80"]
        let named = Set(more.map { $0.prefix { $0 != "=" } })
        return usual.filter { !named.contains($0.prefix { $0 != "=" }) } + more
    }

    @discardableResult
    func register(_ more: String...) throws -> Reply {
        let reply = try ask("POST", "instance", own(more))
        try expect(reply.status == 200 && reply.text == "ok", "a registration that is ok", got: reply)
        return reply
    }

    @discardableResult
    func deregister(_ more: String...) throws -> Reply {
        let reply = try ask("DELETE", "instance", own(more))
        try expect(reply.status == 200 && reply.text == "ok", "a goodbye that is ok", got: reply)
        return reply
    }

    /// A light beat that is answered so.
    @discardableResult
    func beat(_ code: Int = 10200, _ more: String...) throws -> Reply {
        let reply = try ask("PUT", "instance/beat", own(more))
        try expect(reply.status == 200 && reply.code == code, "a light beat with code \(code)", got: reply)
        return reply
    }

    /// A full beat, with the JSON of the reference client where no other is given.
    @discardableResult
    func fullBeat(_ code: Int = 10200, json: String? = nil, _ more: String...) throws -> Reply {
        let beat = json ?? fullJSON()
        let reply = try ask("PUT", "instance/beat", own(more), form: ["beat=\(beat)"])
        try expect(reply.status == 200 && reply.code == code, "a full beat with code \(code)", got: reply)
        return reply
    }

    func fullJSON(weight: String = "1.0", metadata: String = "{}", cluster: String = "DEFAULT") -> String {
        #"{"port":80,"ip":"\#(ip())","weight":\#(weight),"serviceName":"DEFAULT_GROUP@@\#(service)","#
            + #""cluster":"\#(cluster)","metadata":\#(metadata),"scheduled":false,"period":5000,"stopped":false}"#
    }

    func hosts(_ more: String...) throws -> [Host] { try hosts(more) }

    func hosts(_ more: [String]) throws -> [Host] {
        let usual = more.contains { $0.hasPrefix("serviceName=") } ? [] : ["serviceName=\(service)"]
        let reply = try ask("GET", "instance/list", usual + more)
        guard reply.status == 200, let hosts = reply.json?["hosts"]?.array else {
            throw Mismatch("wanted a list, got \(reply.status) \(reply.text)")
        }
        return hosts.compactMap(Host.init).sorted { ($0.ip, $0.port) < ($1.ip, $1.port) }
    }

    // MARK: Wanting

    func expect(_ isTrue: Bool, _ wanted: String, got reply: Reply) throws {
        if !isTrue { throw Mismatch("wanted \(wanted), got \(reply.status) \(reply.text.prefix(300))") }
    }

    func expect(_ isTrue: Bool, _ wanted: String) throws { if !isTrue { throw Mismatch("wanted \(wanted)") } }

    /// Reads lag: asks until a list is as wanted.
    func list(
        _ more: String..., within limit: Duration = .seconds(5), is wanted: String, _ isFine: ([Host]) -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while true {
            let hosts = try hosts(more)
            if isFine(hosts) { return }
            if ContinuousClock.now > end { throw Mismatch("wanted \(wanted) within \(limit), got \(hosts)") }
            try await Pause.pass(.milliseconds(100))
        }
    }

    /// As long as nothing may change: past all lag.
    func settle() async throws { try await Pause.pass(kind.isCoarse ? .milliseconds(1500) : .milliseconds(50)) }

    func pause(_ length: Duration) async throws { try await Pause.pass(length) }

    static func encoded(_ parameters: [String]) -> String {
        parameters.map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return sides.map { encoded(String($0)) }.joined(separator: "=")
        }.joined(separator: "&")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.append(Character(Unicode.Scalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
    }
}
