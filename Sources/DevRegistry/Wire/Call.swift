/// A request as the routes see it.
struct Call: Sendable {
    var method: String
    /// Without the query.
    var path: String
    var parameters: Parameters
}
