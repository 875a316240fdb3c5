@testable import DevRegistry

/// Routes with a clock of their own, for tests.
struct Registry {
    var routes: Routes
    var now = Moment(boot: 1_000_000_000, wall: 1_795_356_238_239_000_000)

    init(_ timing: Timing = Timing(), wrong: Set<Rule> = [], contextPath: String = "/nacos", v1: Compatibility = .on) {
        var store = Store(timing: timing, rules: Rules(wrong: wrong))
        store.begin(at: now)
        routes = Routes(store: store, contextPath: contextPath, v1: v1)
    }

    mutating func pass(_ length: Duration) { now = now + length }

    /// `call("PUT", "instance/beat", "serviceName=a", "ip=1.1.1.1")`.
    @discardableResult
    mutating func call(_ method: String, _ path: String, _ pairs: String...) -> Answer {
        ask(method, "/v1/ns/" + path, pairs)
    }

    /// Below `/v3/client/ns`: `10.0.0.1:80` in `a`, or what is said instead, with more where more is said.
    @discardableResult
    mutating func v3(_ method: String, _ path: String = "instance", _ more: String...) -> Answer {
        ask(method, "/v3/client/ns/" + path, ["serviceName=a", "ip=10.0.0.1", "port=80"] + more)
    }

    /// Behind the context path; of two parameters of one name the last counts.
    mutating func ask(_ method: String, _ path: String, _ pairs: [String] = []) -> Answer {
        let parameters = pairs.map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (name: sides[0], value: sides.count > 1 ? sides[1] : "")
        }
        let call = Call(method: method, path: routes.contextPath + path, parameters: Parameters(parameters))
        return routes.answer(call, at: now)
    }

    /// Registers 10.0.0.1:80 in `a`, with more where more is said.
    @discardableResult
    mutating func register(_ more: String...) -> Answer {
        let parameters = [(name: "serviceName", value: "a"), ("ip", "10.0.0.1"), ("port", "80")]
        let extra = more.map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (name: sides[0], value: sides.count > 1 ? sides[1] : "")
        }
        let path = routes.contextPath + "/v1/ns/instance"
        return routes.answer(Call(method: "POST", path: path, parameters: Parameters(parameters + extra)), at: now)
    }

    @discardableResult
    mutating func beat() -> Answer { call("PUT", "instance/beat", "serviceName=a", "ip=10.0.0.1", "port=80") }

    /// What a list of `a` shows: `10.0.0.1:80 healthy 1.0`, one text a host.
    mutating func hosts(_ more: String...) -> [String] {
        let extra = more.first ?? "x=y"
        let answer = call("GET", "instance/list", "serviceName=a", extra)
        return (JSON(text: answer.body)?["hosts"]?.array ?? []).map { host in
            let health = host["healthy"]?.bool == true ? "healthy" : "unhealthy"
            return "\(host["ip"]?.string ?? ""):\(host["port"]?.int ?? 0) \(health) \(host["weight"]?.double ?? -1)"
        }
    }
}
