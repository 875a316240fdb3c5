/// The sentence for what the contract knows and this version doesn't do yet.
enum Later {
    /// Keys that are known and not obeyed, by their whole path.
    static let keys: Set<String> = {
        let descriptor = ["ephemeral", "register", "optional", "restart-grace", "on-down", "drain"]
        let drain = ["wait", "set-weight-zero"].map { "drain.\($0)" }
        let registry = ["endpoint", "username", "password-file", "access-key", "secret-key-file", "tls", "fail-fast"]
        let tls = ConfigurationKeys.tls.map { "registry.tls.\($0)" }
        return Set(
            descriptor + drain + (descriptor + drain).map { "defaults.\($0)" } + registry.map { "registry.\($0)" } + tls
                + ["probes.allow-exec", "probes.allow-remote"])
    }()

    /// Says that `what`, such as `'drain'`, comes later, and what to do today.
    static func sentence(_ what: String, instead: String? = nil) -> String {
        "\(what) comes with a later version of beatd" + (instead.map { "; \($0)" } ?? "")
    }
}
