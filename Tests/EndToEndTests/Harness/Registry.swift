import FoundationEssentials
import Linux
import TestSupport

/// A `beatd-dev-registry` of one test's own, which may be killed and started again on its port.
final class Registry {
    let port: Int
    private let host: String
    private var process: TestProcess?
    /// Hold from the next start on.
    var options: [String]

    /// On an address of this host, on a free port unless told another.
    init(_ options: [String] = [], on host: String = "127.0.0.1", port: Int? = nil, isStarted: Bool = true) throws {
        self.options = options
        self.host = host
        self.port = try port ?? Ports.free()
        if isStarted { try start() }
    }

    var address: String { "\(host):\(port)" }

    /// Empty, as a registry that keeps nothing is after a start.
    func start() throws {
        process = try TestProcess(
            Surroundings.product("beatd-dev-registry"), ["--host", host, "--port", "\(port)", "--quiet"] + options,
            error: .null)
        try eventually { (try? Ask.port(port, "GET", "/beatd/requests?since=9999999", on: host)) != nil }
    }

    func kill() throws {
        process?.kill()
        try process?.awaitEnding()
        process = nil
    }

    /// Holds it, with its connections open, until `proceed`.
    func stop() { process?.stop() }
    func proceed() { process?.proceed() }

    /// What was asked about a service, or all, after request `since`, in order.
    func requests(_ service: String? = nil, since: Int = 0) throws -> [Request] {
        let lines = try Ask.port(port, "GET", "/beatd/requests?since=\(since)", on: host).body.split(separator: "\n")
        let all = try lines.map { try JSONDecoder().decode(Request.self, from: Data($0.utf8)) }
        return all.filter { $0.kind != .other && (service == nil || $0.service == service) }
    }

    /// The number of the latest request.
    func mark() throws -> Int {
        // What was on its way before is handled in one turn with the first question at the latest.
        _ = try requests()
        return try requests().last?.request ?? 0
    }

    /// Waits until the requests about a service are as wanted; gives them.
    @discardableResult
    func wait(
        _ service: String? = nil, since: Int = 0, limit: Duration = .seconds(20), until isWanted: ([Request]) -> Bool
    ) throws -> [Request] {
        var latest: [Request] = []
        do {
            try eventually(limit: limit) {
                latest = try requests(service, since: since)
                return isWanted(latest)
            }
        } catch is TimedOut {
            let story = latest.map { "\($0.kind) \($0.parameters)" }.joined(separator: "\n")
            throw Unexpected("not within \(limit); the registry was asked:\n\(story)")
        }
        return latest
    }

    /// Waits for a write of that kind about a service; gives it.
    @discardableResult
    func first(
        _ kind: Request.Kind, _ service: String? = nil, since: Int = 0, limit: Duration = .seconds(20)
    ) throws -> Request {
        let all = try wait(service, since: since, limit: limit) { $0.contains { $0.kind == kind } }
        guard let found = all.first(where: { $0.kind == kind }) else { throw Unexpected("no \(kind)") }
        return found
    }

    /// Waits until a service was beaten for that often; gives the beats.
    @discardableResult
    func beats(_ service: String, _ count: Int, since: Int = 0, limit: Duration = .seconds(20)) throws -> [Request] {
        try wait(service, since: since, limit: limit) { $0.count(where: \.isBeat) >= count }.filter(\.isBeat)
    }

    /// The list as a consumer sees it.
    func list(_ service: String) throws -> String {
        try Ask.port(port, "GET", "/nacos/v1/ns/instance/list?serviceName=\(service)", on: host).body
    }

    /// Sets one of the operator's switches.
    func set(_ entry: String, _ value: String) throws {
        let answer = try Ask.port(port, "PUT", "/nacos/v1/ns/operator/switches?entry=\(entry)&value=\(value)", on: host)
        guard answer.status == 200 else { throw Unexpected("switch \(entry): \(answer)") }
    }
}
