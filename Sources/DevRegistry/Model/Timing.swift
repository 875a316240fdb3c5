/// How the registry deals with time: exact by default, as coarse as a real one where asked to.
struct Timing: Hashable, Sendable {
    /// Unhealthy this long after the last beat.
    var timeout: Duration = .seconds(15)
    /// Gone this long after the last beat.
    var deleteTimeout: Duration = .seconds(30)
    /// Reads trail writes by this: they come from a cache that a push task builds anew.
    var listLag: Duration = .zero
    /// How often a publisher's instances are looked at; zero is "at the moment".
    var round: Duration = .zero

    /// An edit outlives its instance by this (nacos-protocol.md 5.5).
    var editsKept: Duration = .seconds(60)
    /// A service without instances goes after this (nacos-protocol.md 5.4).
    var emptyServicesKept: Duration = .seconds(60)

    /// All that a restart would lose is lost each time this has passed; nil: never.
    var forgetsEvery: Duration?

    /// As 2.5.0 and 3.1.0 were seen: lag 0.5 to 0.73 s, a look every 5 s (registries/observed/nacos-1x-2x.md).
    static let likeNacos = Timing(listLag: .milliseconds(600), round: .seconds(5))
}
