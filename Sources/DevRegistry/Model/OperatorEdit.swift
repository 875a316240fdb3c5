/// What an operator laid over an instance: it wins over what the instance publishes, also over a later registration.
struct OperatorEdit: Hashable, Sendable {
    var isEnabled = true
    var weight = 1.0
    var metadata = Metadata()
    /// Since when no such instance is there any more.
    var orphanedAt: Moment?
}
