/// What left for one wire identity, what came back, and what the registry holds of it.
struct Line {
    struct Flight {
        var write: Int
        var kind: WireRequest.Kind
        var cluster: String
        /// When a write with that cluster had left before.
        var before: Int64?
        var at: Int64
    }

    /// What went unanswered, or was refused.
    struct Losses {
        /// When the latest beat or registration without an answer left.
        var unansweredAt = Int64.min / 2
        /// When a write last failed, whatever it was.
        var failedAt = Int64.min / 2
        /// What it was.
        var failedKind: WireRequest.Kind?
        /// Odd answers to beats in a row.
        var oddRun = 0
        /// When the server last said that it doesn't know what was held.
        var missedAt = Int64.min / 2
    }

    /// What the registry really holds.
    struct Entry: Hashable {
        var cluster: String
        var content: String
        var since: Int64
    }

    var flight: Flight?
    /// When a write with each cluster last left.
    var clusters: [String: Int64] = [:]
    /// A write was accepted and no goodbye answered since.
    var isHeld = false
    var heldSince = Int64.min / 2
    var losses = Losses()
    /// When a beat or a registration last left.
    var lastLeft = Int64.min / 2
    /// When the one before that did.
    var leftBefore = Int64.min / 2
    /// When a goodbye last left.
    var goodbyeAt = Int64.min / 2
    /// When a beat or a registration was last accepted by the server in use, as far as this run of beatd knows.
    var acceptedAt: Int64?
    /// When a registration last left.
    var registeredAt = Int64.min / 2
    /// What the latest registration of this run said of weight and metadata.
    var told: String?
    /// Since when no file wants it, as far as beatd was told.
    var unwantedAt: Int64?
    /// What the server last asked for, in milliseconds.
    var askedInterval: Int64?
    var entries: [String: Entry] = [:]
    /// Known to no running beatd: it can only lapse.
    var isForgotten = false
    /// After a restart: by when the next write must have left.
    var resumeBy: Int64?

    /// Since when the registry holds an entry.
    var presentSince: Int64? { entries.values.map(\.since).max() }

    /// Whether something of ours may be at the server, as far as beatd can know.
    var mayBeHeld: Bool { isHeld || losses.unansweredAt > goodbyeAt }

    /// Whether the server in use accepted it last, and neither a goodbye nor another registration is under way.
    var stands: Bool {
        isHeld && losses.oddRun < 3 && goodbyeAt < lastLeft && acceptedAt.map { $0 >= registeredAt } ?? false
    }

    /// Whether the last goodbye was not accepted, so that what it was for may stand there still.
    var wasGoodbyeRefused: Bool { goodbyeAt > lastLeft && losses.failedAt >= goodbyeAt }
}
