/// What the suite is run against.
enum TargetKind: String, CaseIterable, Sendable {
    /// beatd-dev-registry without switches.
    case exact = "dev"
    /// beatd-dev-registry --like-nacos.
    case likeNacos = "dev like"
    case nacos25 = "2.5.0"
    case nacos31 = "3.1.0"
    /// beatd-dev-registry --v1-off.
    case v3 = "dev v3"
    /// A 3.1.0 whose v1 is switched off.
    case nacos31V3 = "3.1.0 v3"

    static let withV1: Set<TargetKind> = [.exact, .likeNacos, .nacos25, .nacos31]
    static let withoutV1: Set<TargetKind> = [.v3, .nacos31V3]

    var hasV1: Bool { Self.withV1.contains(self) }

    /// Whether reads lag, silence is noticed in rounds, and connections close.
    var isCoarse: Bool { self != .exact && self != .v3 }
    var isReal: Bool { folder != nil }

    /// The folder below registries/.
    var folder: String? {
        switch self {
        case .exact, .likeNacos, .v3: nil
        case .nacos25: "nacos-2.5.0"
        case .nacos31, .nacos31V3: "nacos-3.1.0"
        }
    }

    /// Of the development registry.
    var options: [String] {
        switch self {
        case .likeNacos: ["--like-nacos"]
        case .v3: ["--v1-off"]
        case .exact, .nacos25, .nacos31, .nacos31V3: []
        }
    }

    /// Of a real one.
    var properties: [String] {
        self == .nacos31V3 ? ["nacos.core.api.compatibility.client.enabled=false"] : []
    }
}
