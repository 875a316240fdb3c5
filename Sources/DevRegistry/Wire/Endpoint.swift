/// Every call of v1 that this registry knows.
enum Endpoint: Sendable {
    case register
    case deregister
    case update
    case patch
    case detail
    case beat
    case list
    case createService
    case updateService
    case removeService
    case showService
    case serviceNames
    case metrics
    case switches
    case setSwitch
    case setHealth
    case serverHealth

    /// Nil: no such method at no such path; `path` begins behind `/v1/ns`.
    init?(method: String, path: String) {
        switch (method, path) {
        case ("POST", "/instance"): self = .register
        case ("DELETE", "/instance"): self = .deregister
        case ("PUT", "/instance"): self = .update
        case ("PATCH", "/instance"): self = .patch
        case ("GET", "/instance"): self = .detail
        case ("PUT", "/instance/beat"): self = .beat
        case ("GET", "/instance/list"): self = .list
        case ("POST", "/service"): self = .createService
        case ("PUT", "/service"): self = .updateService
        case ("DELETE", "/service"): self = .removeService
        case ("GET", "/service"): self = .showService
        case ("GET", "/service/list"): self = .serviceNames
        case ("GET", "/operator/metrics"): self = .metrics
        case ("GET", "/operator/switches"): self = .switches
        case ("PUT", "/operator/switches"): self = .setSwitch
        case ("PUT", "/health"), ("PUT", "/health/instance"): self = .setHealth
        case ("GET", "/health/server"): self = .serverHealth
        default: return nil
        }
    }

    var scope: ParameterChecker.Scope {
        switch self {
        case .register, .deregister, .update, .patch, .detail, .beat, .setHealth: .instance
        case .list, .createService, .updateService, .removeService, .showService, .serviceNames: .service
        case .metrics, .switches, .setSwitch, .serverHealth: .none
        }
    }
}
