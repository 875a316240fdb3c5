/// A promise that was broken: which one, when, for whom.
package struct Violation: Hashable, Sendable {
    /// The predicate's name, as design.md 7 numbers them: `1 no life, no beat`.
    package var predicate: String
    package var sentence: String
    /// Nanoseconds of the simulated clock.
    package var at: Int64
    /// The wire identity or the file it is about.
    package var subject: String

    package init(predicate: String, sentence: String, at: Int64, subject: String) {
        self.predicate = predicate
        self.sentence = sentence
        self.at = at
        self.subject = subject
    }
}
