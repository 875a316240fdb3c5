/// One piece of Swift source that is not white space.
struct Token: Equatable, Sendable {
    /// What a piece is to the compiler, as far as style cares.
    enum Kind: Sendable {
        case word
        /// A name in backticks: never a keyword.
        case quoted
        case number
        /// One bracket or comma, or a run of operator characters.
        case symbol
        /// The literal part of a string; what it interpolates is code of its own.
        case text
        case comment
    }

    let kind: Kind
    let text: String
    let line: Int

    /// Whether this is that keyword, identifier or symbol in code.
    func `is`(_ word: String) -> Bool {
        (kind == .word || kind == .symbol) && text == word
    }
}
