/// One line of the registry's log: what beatd, or the test, asked of it.
struct Request: Decodable {
    var request: Int
    /// Nanoseconds since boot.
    var boot: Int64
    var connection: Int
    var method: String
    var path: String
    var parameters: [String: String]
    var status: Int
    var code: Int?
    var applied: Bool

    /// What it means to an instance.
    enum Kind: String {
        case register = "POST"
        case deregister = "DELETE"
        case beat = "BEAT"
        case light = "LIGHT"
        case other
    }

    /// Whether it came over v3, where a registration may say that it is a beat.
    var isV3: Bool { path.hasPrefix("/nacos/v3/client/") }

    var kind: Kind {
        if path == "/nacos/v3/client/ns/instance" {
            return parameters["heartBeat"] == "true" ? .light : Kind(rawValue: method) ?? .other
        }
        guard path == "/nacos/v1/ns/instance" || path == "/nacos/v1/ns/instance/beat" else { return .other }
        if path.hasSuffix("/beat") { return parameters["beat"] == nil ? .light : .beat }
        return Kind(rawValue: method) ?? .other
    }

    var isBeat: Bool { kind == .beat || kind == .light }

    /// Without its group.
    var service: String? { parameters["serviceName"]?.split(separator: "@").last.map(String.init) }
}
