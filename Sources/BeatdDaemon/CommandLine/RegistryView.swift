/// What `beatd status` needs of `registry` (contract 7).
struct RegistryView: Decodable {
    var server: String?
    var state: String
    var lastError: String?

    /// Such as `registry http://127.0.0.1:8848: refusing, HTTP 403: user not found!`.
    var line: String {
        let words = state == "unknown" ? "not asked yet" : state
        return "registry \(server ?? "-"): " + [words, lastError].compactMap(\.self).joined(separator: ", ")
    }
}
