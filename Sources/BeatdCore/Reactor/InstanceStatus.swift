/// What beatd can say about one descriptor (contract 7).
package struct InstanceStatus: Sendable {
    package struct Probe: Sendable {
        package var kind: String
        package var target: String
        /// nil before the first look.
        package var look: Look?
    }
    package struct Beat: Sendable {
        package var at: Instant
        package var outcome: BeatOutcome
    }
    package var name: String
    package var file: String
    /// nil where the file was never good.
    package var descriptor: InstanceDescriptor?
    package var ip: String?
    package var phase: Phase
    package var reason: String
    package var since: Instant
    package var process: ProcessIdentity?
    package var probes: [Probe]
    package var lastBeat: Beat?
    package var nextBeat: Instant?
    /// Accepted beats since beatd started.
    package var beats: Int
    package var pending: String?
    package var rejection: String?
}

/// How a beat ended, in the words of contract 7.
package enum BeatOutcome: String, Hashable, Sendable {
    case accepted
    case notFound = "not-found"
    case refused, failed
}

/// What beatd can say about the registry.
package struct RegistryStatus: Sendable {
    /// nil while unknown.
    package var api: String?
    package var server: Server?
    package var reachable: Bool
    package var lastError: String?
}
