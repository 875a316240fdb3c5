/// A place that breaks a rule, with the sentence that says what to do instead.
struct Finding: Equatable, Sendable, CustomStringConvertible {
    let path: String
    let line: Int
    /// What an exception may name: a word, a type, a function.
    let subject: String
    let sentence: String

    var description: String { "\(path):\(line): \(sentence)" }
}
