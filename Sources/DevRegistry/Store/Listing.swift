/// What a list call shows of one service.
struct Listing: Sendable {
    var service: ServiceKey
    /// As it was asked for.
    var clusters: String
    var instances: [Instance]
    /// So few are healthy that all are shown as healthy.
    var isProtected = false
}
