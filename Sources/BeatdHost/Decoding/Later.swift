/// The sentence for what the contract knows and this version doesn't do yet.
enum Later {
    /// Says that `what`, such as `'drain'`, comes later, and what to do today.
    static func sentence(_ what: String, instead: String? = nil) -> String {
        "\(what) comes with a later version of beatd" + (instead.map { "; \($0)" } ?? "")
    }
}
