/// Why a document can't be read, in a sentence, and where.
package struct YAMLError: Error, Sendable, Equatable {
    package let problem: String
    package let mark: Mark?
    /// The key that is meant, by its last name; nil where it is about something else.
    package let key: String?

    package init(_ problem: String, at mark: Mark?, key: String? = nil) {
        self.problem = problem
        self.mark = mark
        self.key = key
    }
}
