/// How a case went on a target.
enum Outcome: Sendable {
    case ok
    /// As this target does it: differently, as observed.
    case okButDifferent
    case failed(String)
    /// The target isn't here.
    case skipped
    /// The case says nothing about this target.
    case notMeant

    var word: String {
        switch self {
        case .ok: "ok"
        case .okButDifferent: "ok*"
        case .failed: "FAIL"
        case .skipped: "skipped"
        case .notMeant: "-"
        }
    }
}
