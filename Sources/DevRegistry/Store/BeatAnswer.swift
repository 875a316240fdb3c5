/// What a beat is answered.
struct BeatAnswer: Hashable, Sendable {
    var code: Int
    var interval: Int64
    /// Nil where the field is absent.
    var isLightBeatEnabled: Bool?
    /// Whether it kept an instance alive or made one.
    var isApplied: Bool

    static let accepted = 10200
    static let notFound = 20404

    var json: JSON {
        var members: [(String, JSON)] = [("clientBeatInterval", .number("\(interval)")), ("code", .number("\(code)"))]
        if let isLightBeatEnabled { members.append(("lightBeatEnabled", .bool(isLightBeatEnabled))) }
        return .object(members)
    }
}
