/// All of beatd's judgement, as one value: events go in with the time they happened, effects come out.
package struct BeatReactor {
    package init(settings: Settings) {}
    /// One event in; perform every effect; then the next.
    package mutating func handle(_ event: Event, at now: Instant, into effects: inout Effects) {}
    /// What that connection is to send at this very instant; nil for nothing (more).
    package mutating func nextWrite(on connection: ConnectionID, at now: Instant) -> WriteOrder? { nil }
    /// When the heart wants `tick`, and why.
    package var nextDeadline: (at: Instant, why: String)? { nil }
    /// One entry per descriptor and per rejected file without a good version, sorted by name.
    package var statuses: [InstanceStatus] { [] }
    /// The same for one NAME.
    package func status(of name: String) -> InstanceStatus? { nil }
    package var registryStatus: RegistryStatus { RegistryStatus(api: nil, server: nil, reachable: false, lastError: nil) }
    package var rejected: [Rejection] { [] }
    package var isReady: Bool { false }
}
