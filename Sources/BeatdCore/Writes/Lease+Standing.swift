extension Lease {
    /// Accepted within the last delete-after (contract 6, `up`).
    func isUp(at now: Instant) -> Bool {
        guard holding.isRegistered, let accepted = holding.accepted else { return false }
        return now < accepted + pace.timing.deleteAfter
    }

    /// What all this looks like to the task that wants it.
    func standing(at now: Instant) -> BeatTask.Standing {
        BeatTask.Standing(
            isUp: isUp(at: now), lapse: lapse, mayHold: wanted != nil && (isEntryLikely || isInFlight != nil),
            isRegistered: holding.isRegistered, refusal: currentRefusal?.sentence)
    }
}
