extension Endpoint {
    /// Which switch of 3.x turns this call off; an operator's are off from the start.
    private var isOfClients: Bool {
        switch self {
        case .register, .deregister, .beat, .list, .metrics, .serviceNames: true
        case .update, .patch, .detail, .createService, .updateService, .removeService, .showService, .switches,
            .setSwitch, .setHealth, .serverHealth:
            false
        }
    }

    /// The call of v3 that 3.1.0 names in its place.
    private var successor: String? {
        switch self {
        case .register: "POST ${contextPath:nacos}/v3/client/ns/instance"
        case .deregister: "DELETE ${contextPath:nacos}/v3/client/ns/instance"
        case .beat: "POST ${contextPath:nacos}/v3/client/ns/instance?heartBeat=true"
        case .list: "GET ${contextPath:nacos}/v3/client/ns/instance/list"
        case .update: "PUT ${contextPath:nacos}/v3/admin/ns/instance"
        case .patch: "PUT ${contextPath:nacos}/v3/admin/ns/instance/partial"
        case .detail: "GET ${contextPath:nacos}/v3/admin/ns/instance"
        case .createService: "POST ${contextPath:nacos}/v3/admin/ns/service"
        case .updateService: "PUT ${contextPath:nacos}/v3/admin/ns/service"
        case .removeService: "DELETE ${contextPath:nacos}/v3/admin/ns/service"
        case .showService: "GET ${contextPath:nacos}/v3/admin/ns/service"
        case .serviceNames: "GET ${contextPath:nacos}/v3/admin/ns/service/list"
        case .metrics: "GET ${contextPath:nacos}/v3/admin/ns/ops/metrics"
        case .switches: "GET ${contextPath:nacos}/v3/admin/ns/ops/switches"
        case .setSwitch: "PUT ${contextPath:nacos}/v3/admin/ns/ops/switches"
        case .setHealth: "PUT ${contextPath:nacos}/v3/admin/health/instance"
        case .serverHealth: nil
        }
    }

    /// As 3.1.0 refuses a call of v1 that is switched off; looks at no parameter before.
    var gone: Refusal {
        let property = "`nacos.core.api.compatibility.\(isOfClients ? "client" : "admin").enabled=true`"
        let advice =
            successor.map { "please use API(s) `\($0)` instead, or set" } ?? "If wanted continue to use, please set"
        let words = "Current API will be deprecated, \(advice) \(property) in application.properties."
        let message = JSON.object([("code", .number("40000")), ("message", .string(words))])
        return Refusal(status: 410, text: message.text, origin: .filter)
    }
}
