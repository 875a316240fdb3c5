/// The keys of beatd.yaml: one list for its maps, for the environment and for `--set`.
enum ConfigurationKeys {
    static let top = [
        "registry", "defaults", "descriptors", "probes", "on-stop", "stop-timeout", "ready", "http", "state-directory",
        "control-socket", "log",
    ]
    static let registry = [
        "servers", "endpoint", "context-path", "api", "timeout", "username", "password-file", "access-key",
        "secret-key-file", "tls", "writes-per-second", "fail-fast",
    ]
    static let tls = ["ca-file", "certificate-file", "private-key-file", "verify"]
    static let descriptors = ["directory", "settle", "rescan", "allow-unsafe"]
    static let probes = ["allow-exec", "allow-remote", "max-in-flight"]
    static let ready = ["when", "timeout"]
    static let http = ["listen"]
    static let log = ["level", "format"]

    /// Every key with one value, by its path.
    static let scalars: [String] =
        registry.filter { $0 != "tls" }.map { "registry.\($0)" } + tls.map { "registry.tls.\($0)" }
        + DescriptorDecoding.defaultKeys.filter { !["metadata", "beat", "drain"].contains($0) }.map { "defaults.\($0)" }
        + ["interval", "timeout", "delete-after"].map { "defaults.beat.\($0)" }
        + ["wait", "set-weight-zero"].map { "defaults.drain.\($0)" }
        + ProbeDecoding.shared.map { "defaults.probe.\($0)" }
        + descriptors.map { "descriptors.\($0)" } + probes.map { "probes.\($0)" } + ready.map { "ready.\($0)" }
        + http.map { "http.\($0)" } + log.map { "log.\($0)" }
        + ["on-stop", "stop-timeout", "state-directory", "control-socket"]

    /// Keys whose one value may be a list, written `a,b`.
    static let lists: Set<String> = ["registry.servers", "probes.allow-remote", "defaults.address"]

    /// `registry.context-path` is `BEATD_REGISTRY_CONTEXT_PATH`.
    static func variable(for path: String) -> String {
        "BEATD_" + String(path.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
    }
}
