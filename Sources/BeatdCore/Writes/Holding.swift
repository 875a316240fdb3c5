/// What the server holds of one lease, or may hold.
struct Holding {
    /// The latest registration or beat without an answer: until twice the time limit after `since` it may be applied.
    struct Doubt: Hashable {
        var since: Instant
        var instance: Instance
        /// A goodbye was answered since.
        var isUndone = false
    }

    /// The last accepted registration that no goodbye has undone.
    var published: Instance?
    var lastSent: Instance
    /// When a registration or beat was last accepted.
    @InstantOrNone var accepted: Instant? = nil
    /// When the registration must be said again though we beat: it failed, or an older one may still come late.
    @InstantOrNone var correction: Instant? = nil
    /// Apart from the lease: few have one, and all have room for it.
    private var unanswered: Shared<Doubt>?
    /// Whether a registration or beat was accepted since the server last denied knowing us.
    var isRegistered = false

    var doubt: Doubt? {
        get { unanswered?.value }
        set { unanswered = newValue.map { Shared($0) } }
    }

    init(lastSent: Instance) { self.lastSent = lastSent }

    /// Another server is in use, which may know nothing of us.
    ///
    /// What we owe a goodbye for is owed to it: the servers of a list are one cluster (contract 4).
    mutating func moved() {
        isRegistered = false
        accepted = nil
        correction = nil
    }
}

/// How fast a lease beats, and how long its writes may take.
struct Pace {
    var timing: BeatTiming
    /// The descriptor's interval, or the server's while its answers ask for another.
    @InNanoseconds var interval: Duration
    /// The limit of one request (`registry.timeout`).
    @InNanoseconds var timeout: Duration

    init(_ timing: BeatTiming, timeout: Duration) {
        self.timing = timing
        interval = timing.interval
        self.timeout = timeout
    }

    /// A beat is waited for no longer than half of what its lease leaves (contract 4).
    var beatLimit: Duration {
        .nanoseconds(min(timeout.nanoseconds, max(timing.timeout.nanoseconds - interval.nanoseconds, 0) / 2))
    }
}

/// What the reactor notes about a lease.
struct LeaseNotes {
    /// The interval whose beats `Flights.beatsPerHour` counts; zero: none.
    @InNanoseconds var counted = Duration.zero
    /// The answer to its last write, as `AnswerCounts` counts it.
    var answer = AnswerCounts.Answer.none
    /// The last stretch of ill answers in which it got one (`AnswerCounts.stretch`).
    var illStretch: UInt32 = 0
    /// Its one timer: when the next write is due.
    var timer: TimerWheel<Timer>.Handle?
    #if DELIBERATE_BUGS
        /// Registers whatever is wanted and alive.
        var isBlind = false
        /// Goodbyes that failed in a row.
        var failedGoodbyes = 0
    #endif
}
