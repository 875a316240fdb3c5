/// Why a document can't be read, in a sentence, and where.
package struct YAMLError: Error, Sendable, Equatable {
    package let problem: String
    package let mark: Mark?

    package init(_ problem: String, at mark: Mark?) {
        self.problem = problem
        self.mark = mark
    }
}
