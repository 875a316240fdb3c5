import FoundationEssentials

/// What `beatd reload` needs of the daemon's answer (contract 7.1).
struct ReloadView: Decodable {
    struct Laggard: Decodable {
        var name: String
        var phase: String
        var reason: String
    }

    var applied: [String]
    var refused: [RejectionView]
    var stillRefused: [RejectionView]
    var unchangeable: [String]
    /// nil where nobody waited.
    var notUp: [Laggard]?

    static func decode(_ bytes: [UInt8]) -> ReloadView? {
        try? JSONDecoder().decode(ReloadView.self, from: Data(bytes))
    }

    /// What people read, one fact a line; what this reload refused is said apart, as an error.
    var text: String {
        var lines = applied.map { "applied \($0)" }
        lines += stillRefused.map { "still refused \($0.text)" }
        lines += unchangeable.map { "needs a restart: \($0)" }
        lines += (notUp ?? []).map { "not up \($0.name): \($0.phase), \($0.reason)" }
        if lines.isEmpty, refused.isEmpty { lines = ["nothing changed"] }
        return lines.map { $0 + "\n" }.joined()
    }
}

/// One refused file as the daemon tells it: an element of `rejected`, `refused` and `stillRefused`.
struct RejectionView: Decodable {
    var file: String
    var line: Int?
    var error: String

    /// `broken.yaml:3: unknown key 'prot'`.
    var text: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(error)" }
}
