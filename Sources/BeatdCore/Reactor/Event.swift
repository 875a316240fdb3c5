/// Everything that can happen to the heart.
///
/// It comes with the instant it happened.
package enum Event: Sendable {
    /// What an earlier run remembered; before the first `descriptors`.
    case restored(RememberedState)
    case configured(Settings)
    case descriptors(DescriptorSet)
    case addresses(AddressSet)
    case saw([SightingReport])
    /// The process ended; irrevocable.
    case exited(ProcessIdentity)
    /// Something happened to a target: look again.
    case woke(Target)
    case connected(ConnectionID)
    case closed(ConnectionID, ClosedReason)
    case replied([WriteReply])
    /// Wind down: with goodbyes, or by only falling silent; `finished` comes by `deadline` at the latest.
    case stopping(StopMode, deadline: Instant)
    /// The state of that version is on disk, or could not be written.
    case saved(version: UInt64, error: String?)
    /// The deadline came. Early and late ones do no harm.
    case tick
}

/// What a stop does to registered instances.
package enum StopMode: Hashable, Sendable { case deregister, lapse }
