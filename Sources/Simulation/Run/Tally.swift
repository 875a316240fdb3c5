package import Predicates

/// What a run, or many, is only counted by.
package struct Tally: Hashable, Sendable {
    package var events = 0
    package var acceptedBeats = 0
    package var registrations = 0
    package var goodbyes = 0
    package var deaths = 0
    package var restarts = 0
    /// Simulated nanoseconds.
    package var simulated = 0
    package var firstWrites = FirstWrites()

    package init() {}

    /// All of it, to be sent and added up.
    var numbers: [Int] {
        [
            events, acceptedBeats, registrations, goodbyes, deaths, restarts, simulated, firstWrites.count,
            firstWrites.early,
        ]
    }

    static let count = Tally().numbers.count

    /// From as many `numbers` as there are.
    init(numbers: [Int]) {
        precondition(numbers.count == Self.count, "a tally of \(numbers.count) numbers")
        (events, acceptedBeats, registrations) = (numbers[0], numbers[1], numbers[2])
        (goodbyes, deaths, restarts) = (numbers[3], numbers[4], numbers[5])
        simulated = numbers[6]
        firstWrites.count = numbers[7]
        firstWrites.early = numbers[8]
    }
}
