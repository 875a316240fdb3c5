/// A place that may break a rule, with the reason.
struct Exception: Sendable {
    let check: String
    let path: String
    /// The word, type or function that is excused; nil excuses the whole file from this check.
    let subject: String?
    let reason: String

    func excuses(_ finding: Finding, of check: String) -> Bool {
        self.check == check && path == finding.path && (subject == nil || subject == finding.subject)
    }
}
