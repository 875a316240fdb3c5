/// A service: who publishes in it, and what was said about it as a whole.
struct Service: Sendable {
    /// About the whole service; only those made by `POST /service` have it.
    struct Details: Hashable, Sendable {
        var protectThreshold: Double = 0
        var metadata = Metadata()
    }

    /// Whoever makes the service fixes this.
    let isEphemeral: Bool
    var details: Details?
    var instances: [Publisher: Instance] = [:]
    var edits: [String: OperatorEdit] = [:]
    /// Since when it has no instance.
    var emptySince: Moment?
    /// What reads see, where they lag; nil until the first read.
    var seen: [Instance]?
    /// The oldest change that reads don't see yet.
    var changedAt: Moment?

    init(isEphemeral: Bool, at now: Moment) {
        self.isEphemeral = isEphemeral
        emptySince = now
    }

    /// An instance with the operator's edit on top.
    func effective(_ instance: Instance, merging: Bool = true) -> Instance {
        guard let edit = edits[instance.editKey] else { return instance }
        var result = instance
        result.isEnabled = edit.isEnabled
        result.weight = edit.weight
        result.metadata = merging ? instance.metadata.merging(edit.metadata) : edit.metadata
        return result
    }
}
