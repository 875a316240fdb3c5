import DevRegistry

/// v3's client API, in the words of its envelope.
extension Session {
    static let ok = #"{"code":0,"message":"success","data":"ok"}"#
    static let notFound = #"{"code":21003,"message":"instance not found","data":null}"#

    func v3Path(_ path: String = "instance", _ parameters: [String] = []) -> String {
        let query = Self.encoded(parameters)
        return target.contextPath + "/v3/client/ns/" + path + (query.isEmpty ? "" : "?" + query)
    }

    /// A call on `instance`.
    func v3(_ method: String, _ parameters: [String] = [], form: [String]? = nil) throws -> Reply {
        try client.ask(method, v3Path("instance", parameters), form: form.map(Self.encoded))
    }

    func v3Register(_ more: String...) throws {
        let reply = try v3("POST", own(more))
        try expect(reply.status == 200 && reply.text == Self.ok, "a registration that is ok", got: reply)
    }

    func v3Deregister(_ more: String...) throws {
        let reply = try v3("DELETE", own(more))
        try expect(reply.status == 200 && reply.text == Self.ok, "a goodbye that is ok", got: reply)
    }

    /// A heartbeat that is answered so.
    func v3Beat(_ words: String = ok, _ more: String...) throws {
        let reply = try v3("POST", own(more + ["heartBeat=true"]))
        try expect(reply.status == 200 && reply.text == words, "a heartbeat answered \(words)", got: reply)
    }

    func v3Hosts(_ more: String...) throws -> [Host] { try v3Hosts(more) }

    private func v3Hosts(_ more: [String]) throws -> [Host] {
        let usual = more.contains { $0.hasPrefix("serviceName=") } ? [] : ["serviceName=\(service)"]
        let reply = try client.ask("GET", v3Path("instance/list", usual + more))
        guard reply.status == 200, reply.code == 0, let hosts = reply.json?["data"]?.array else {
            throw Mismatch("wanted a list, got \(reply.status) \(reply.text)")
        }
        return hosts.compactMap(Host.init).sorted { ($0.ip, $0.port) < ($1.ip, $1.port) }
    }

    /// Reads lag: asks until a list is as wanted.
    func v3List(
        _ more: String..., within limit: Duration = .seconds(5), is wanted: String, _ isFine: ([Host]) -> Bool
    ) async throws {
        let end = ContinuousClock.now + limit
        while true {
            let hosts = try v3Hosts(more)
            if isFine(hosts) { return }
            if ContinuousClock.now > end { throw Mismatch("wanted \(wanted) within \(limit), got \(hosts)") }
            try await Pause.pass(.milliseconds(100))
        }
    }
}
