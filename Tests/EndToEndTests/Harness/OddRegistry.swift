import Linux
import TestSupport

/// A registry that speaks as a test tells it, byte by byte: perl, for it must answer while the test waits for beatd.
///
/// Each request is one line on its standard output: the method and the path without its query.
final class OddRegistry {
    let port: Int
    private let process: TestProcess
    private let folder: TemporaryDirectory

    /// How it treats a request; anything else is one of `texts`.
    enum Habit: String {
        /// Takes connections and requests, never answers.
        case hang
        /// Closes before it reads.
        case close
        /// Resets after the request.
        case reset
        /// Closes in order after the request.
        case end
        /// Ten megabytes of body, in one answer.
        case flood
        /// Answers rightly, after 400 ms.
        case slow
        /// Answers rightly.
        case good
        /// What `say` was told.
        case text
    }

    init(_ habit: Habit = .good, text: String = "") throws {
        folder = try TemporaryDirectory()
        port = try Ports.free()
        try folder.write(habit.rawValue, to: "habit")
        try folder.write(text, to: "text")
        process = try TestProcess(
            "/usr/bin/perl",
            [Surroundings.root + "/Tests/EndToEndTests/Harness/odd-registry.pl", "\(port)", folder.path])
        _ = try process.line()
    }

    var address: String { "127.0.0.1:\(port)" }

    /// From its next request on.
    func turn(_ habit: Habit, text: String = "") throws {
        try folder.move(text, to: "text")
        try folder.move(habit.rawValue, to: "habit")
    }

    /// The requests so far.
    var requests: [String] { process.printed.split(separator: "\n").dropFirst().map(String.init) }

    /// Waits until that many more requests came.
    func more(_ count: Int, limit: Duration = .seconds(20)) throws {
        let now = requests.count
        try eventually(limit: limit) { requests.count >= now + count }
    }
}
