/// From a request to its answer: no socket, no clock, and all that is kept is in the store.
struct Routes: Sendable {
    var store: Store
    /// In front of `/v1/ns`; empty where the server stands at the root.
    let contextPath: String
    let v1: Compatibility
    let rules: Rules
    let checker: ParameterChecker

    init(store: Store = Store(), contextPath: String = "/nacos", v1: Compatibility = .on) {
        self.store = store
        self.contextPath = contextPath
        self.v1 = v1
        rules = store.rules
        checker = ParameterChecker(rules: store.rules)
    }

    mutating func answer(_ call: Call, at now: Moment) -> Answer {
        do throws(Refusal) { return try route(call, at: now) } catch {
            let ending = rules.hold(.checkerEndsWithNewline) ? "\r\n" : ""
            return Answer(error, path: call.path, at: now, checkerEnding: ending)
        }
    }

    /// What the page shows.
    mutating func everything(at now: Moment) -> [(ServiceKey, [Instance])] { store.everything(at: now) }

    private mutating func route(_ call: Call, at now: Moment) throws(Refusal) -> Answer {
        let base = contextPath + V3Endpoint.base
        guard call.path.hasPrefix(base + "/") else { return try routeV1(call, at: now) }
        guard let endpoint = try V3Endpoint(method: call.method, path: String(call.path.dropFirst(base.count))) else {
            throw noEndpoint(call)
        }
        return try answer(endpoint, call.parameters, at: now)
    }

    /// As 3.x says it; 2.5.0, which has v1 alone, has no words for it.
    private func noEndpoint(_ call: Call) -> Refusal {
        let isOld = v1 == .on && !call.path.hasPrefix(contextPath + "/v3/")
        let text = isOld ? "No message available" : "No endpoint \(call.method) \(call.path)."
        return Refusal(status: 404, text: text, origin: .filter)
    }

    private mutating func routeV1(_ call: Call, at now: Moment) throws(Refusal) -> Answer {
        let base = contextPath + "/v1/ns"
        guard v1 != .removed, call.path.hasPrefix(base + "/") else { throw noEndpoint(call) }
        guard let endpoint = Endpoint(method: call.method, path: String(call.path.dropFirst(base.count))) else {
            let text = "no such api:\(call.method):\(call.path)"
            throw Refusal(status: rules.hold(.unknownPathIs501) ? 501 : 404, text: text, origin: .filter)
        }
        if v1 == .off, rules.hold(.v1OffIs410) { throw endpoint.gone }
        var parameters = call.parameters
        try checker.group(&parameters)
        try checker.check(parameters, endpoint.scope)
        return try answer(endpoint, parameters, at: now)
    }

    private mutating func answer(_ endpoint: Endpoint, _ parameters: Parameters, at now: Moment) throws(Refusal)
        -> Answer
    {
        switch endpoint {
        case .register: try register(parameters, at: now)
        case .deregister: try deregister(parameters, at: now)
        case .update: try update(parameters, at: now)
        case .patch: try patch(parameters, at: now)
        case .detail: try detail(parameters, at: now)
        case .beat: try beat(parameters, at: now)
        case .list: try list(parameters, at: now)
        case .createService: try createService(parameters, at: now)
        case .updateService: try updateService(parameters, at: now)
        case .removeService: try removeService(parameters, at: now)
        case .showService: try showService(parameters, at: now)
        case .serviceNames: try serviceNames(parameters, at: now)
        case .metrics: metrics(parameters, at: now)
        case .switches: .json(store.switches.json)
        case .setSwitch: try setSwitch(parameters)
        case .setHealth: try setHealth(parameters)
        case .serverHealth: serverHealth()
        }
    }
}
