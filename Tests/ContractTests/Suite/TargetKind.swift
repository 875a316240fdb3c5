/// What the suite is run against.
enum TargetKind: String, CaseIterable, Sendable {
    /// beatd-dev-registry without switches.
    case exact = "dev"
    /// beatd-dev-registry --like-nacos.
    case likeNacos = "dev like"
    case nacos25 = "2.5.0"
    case nacos31 = "3.1.0"

    /// Whether reads lag, silence is noticed in rounds, and connections close.
    var isCoarse: Bool { self != .exact }
    var isReal: Bool { self == .nacos25 || self == .nacos31 }

    /// The folder below registries/.
    var folder: String? {
        switch self {
        case .exact, .likeNacos: nil
        case .nacos25: "nacos-2.5.0"
        case .nacos31: "nacos-3.1.0"
        }
    }
}
