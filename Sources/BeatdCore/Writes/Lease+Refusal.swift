extension Lease {
    // MARK: What the registry refused

    /// The last refusal of a write, with whether it still holds.
    var refusal: RefusedWrite? {
        get { refused?.value }
        set { refused = newValue.map { Shared($0) } }
    }

    /// The refusal that no accepted write has followed.
    var currentRefusal: RefusedWrite? { refused.flatMap { $0.value.isCurrent ? $0.value : nil } }

    /// Keeps what a refusal said until another answer comes.
    mutating func note(_ reply: Reply, at now: Instant) {
        switch reply {
        case .accepted, .notFound, .noAnswer:
            if refused?.value.isCurrent == true { refusal?.isCurrent = false }
        case .refused(let new):
            guard let kind = kindInFlight else { return }
            // Many answers hold their time: by its words each would be another one.
            let isAnother = refusal?.kind != kind || refusal?.refusal.status != new.status
            refusal = RefusedWrite(
                kind: kind, refusal: new, toldAt: isAnother ? .longAgo : refusal?.toldAt ?? .longAgo)
        case .notSent: break
        }
    }

    private var kindInFlight: WriteClass? {
        switch state {
        case .helloSent: .hello
        case .beatSent: .beat
        case .goodbyeSent: .goodbye
        case .empty, .hello, .held, .goodbye, .settled: nil
        }
    }

    /// Gives a refusal that is to be told now: its words are new, or were last told long ago.
    mutating func refusalToTell(at now: Instant) -> RefusedWrite? {
        guard let current = currentRefusal, now - current.toldAt >= RefusedWrite.pause else { return nil }
        refusal?.toldAt = now
        return current
    }
}
