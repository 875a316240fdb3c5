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
    /// What the registry said to the last write, where that was no yes; `reason` has its words.
    package var refusal: Refusal?
}

/// How a beat ended, in the words of contract 7.
package enum BeatOutcome: String, Hashable, Sendable {
    case accepted
    case notFound = "not-found"
    case refused, denied, failed
}

/// How a server of the registry stands, in the words of contract 7.
package enum RegistryState: String, Hashable, Sendable {
    /// It accepts writes.
    case ok
    /// It answers, and refuses.
    case refusing
    /// It can't be connected to, or answers nothing.
    case unreachable
    /// Nothing was asked of it yet.
    case unknown
}

/// What beatd can say about the registry.
package struct RegistryStatus: Sendable {
    /// One server of the list.
    package struct Server: Sendable {
        package var server: BeatdCore.Server
        /// nil while unknown.
        package var api: String?
        package var state: RegistryState
        package var lastError: String?
    }

    /// All of them, in the order of the configuration.
    package var servers: [Server]
    /// Which of them is in use.
    package var inUse: Int

    package init(servers: [Server], inUse: Int) {
        self.servers = servers
        self.inUse = inUse
    }

    /// The one in use.
    package var current: Server { servers[inUse] }
    package var state: RegistryState { current.state }
    /// Whether the one in use answers, with whatever.
    package var reachable: Bool { state == .ok || state == .refusing }
    package var lastError: String? { current.lastError }
}
