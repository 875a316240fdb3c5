/// What the situations need to know about one instance.
struct Witness {
    var goodbyeAppliedAt = Int64.min / 2
    var goodbyeSentAt = Int64.min / 2
    var beatSentAt = Int64.min / 2
    var wasGoodbyeAnswered = false
    var lookedAt = Int64.min / 2
    /// A look ended after a time without any that was longer than a look is fresh.
    var lookedAfterStaleAt = Int64.min / 2
    var isInFlight = false
    var isRegistrationInFlight = false
    var diedWhileDown = false
    var removedWhileDown = false
    var isFirstAfterRestart = false
}
