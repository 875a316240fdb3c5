/// One published instance: what its publisher said, and when it last gave a sign of life.
struct Instance: Hashable, Sendable {
    var ip: String
    var port: Int
    var cluster: String
    var weight: Double
    var isEnabled: Bool
    var isHealthy: Bool
    var isEphemeral: Bool
    var metadata: Metadata
    var lastBeat: Moment
    /// The one over which it was registered.
    var api = API.v1

    static let defaultCluster = "DEFAULT"

    /// How operators' edits are filed.
    var editKey: String { "\(ip):\(port):\(cluster)" }

    /// The simple generator's; v3 gives none.
    func identifier(in service: ServiceKey) -> String? {
        api == .v1 ? "\(ip)#\(port)#\(cluster)#\(service.grouped)" : nil
    }

    /// An interval longer than what it must keep up with can't work.
    var isTimingSound: Bool {
        let interval = metadata.milliseconds(Metadata.intervalKey) ?? 5000
        let timeout = metadata.milliseconds(Metadata.timeoutKey) ?? 15_000
        let deleteTimeout = metadata.milliseconds(Metadata.deleteTimeoutKey) ?? 30_000
        return timeout >= interval && deleteTimeout >= interval
    }
}
