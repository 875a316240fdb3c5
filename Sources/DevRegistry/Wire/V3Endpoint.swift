/// Every call of v3's client API.
enum V3Endpoint: Sendable {
    /// Also the heartbeat.
    case register
    case deregister
    case list

    static let base = "/v3/client/ns"

    /// Nil: no such path; refused: no such method there; `path` begins behind `/v3/client/ns`.
    init?(method: String, path: String) throws(Refusal) {
        switch (method, path) {
        case ("POST", "/instance"): self = .register
        case ("DELETE", "/instance"): self = .deregister
        case ("GET", "/instance/list"): self = .list
        case (_, "/instance"), (_, "/instance/list"):
            throw Refusal(status: 405, text: "Method '\(method)' is not supported.", origin: .filter)
        default: return nil
        }
    }

    var scope: ParameterChecker.Scope {
        switch self {
        case .register, .deregister: .instance
        case .list: .service
        }
    }
}
