/// What is left of v1, as `nacos.core.api.compatibility.*` of 3.x has it.
enum Compatibility: Sendable {
    case on
    /// 410 that names the successor, as 3.1.0 was seen to do (registries/observed/nacos-3x.md, 8).
    case off
    /// 404, as 3.2 is said to do: there is no such path (nacos-protocol.md 4.6).
    case removed
}
