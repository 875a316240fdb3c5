/// What is wrong with something an operator wrote, and where: a descriptor, beatd.yaml, a variable, an option.
package struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
    package var place: Place
    /// The whole path of the key, `beat.interval`; nil where the file as a whole is meant.
    package var key: String?
    /// What is wrong and what to do; no full stop, control characters escaped.
    package var sentence: String
    /// The whole path of the key that this one doesn't go with; nil where it is wrong by itself.
    package var compared: String?

    package init(_ place: Place, key: String? = nil, _ sentence: String, compared: String? = nil) {
        self.place = place
        self.key = key
        self.sentence = sentence
        self.compared = compared
    }

    package var description: String { "\(place): \(sentence)" }
}

/// What is odd but taken: same shape as an error, other consequence.
package typealias InputWarning = InputError
