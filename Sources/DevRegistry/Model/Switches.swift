/// The operator's switches that change what this registry does.
struct Switches: Hashable, Sendable {
    /// Milliseconds, not range-checked, as in the real one.
    var clientBeatInterval: Int64 = 5000
    var isLightBeatEnabled = true
    var isHealthCheckEnabled = true
    var isDefaultInstanceEphemeral = true

    /// The switches with their values; a real server has some thirty more.
    var json: JSON {
        .object([
            ("clientBeatInterval", .number("\(clientBeatInterval)")),
            ("healthCheckEnabled", .bool(isHealthCheckEnabled)),
            ("lightBeatEnabled", .bool(isLightBeatEnabled)),
            ("defaultInstanceEphemeral", .bool(isDefaultInstanceEphemeral)),
            ("name", .string("00-00---000-NACOS_SWITCH_DOMAIN-000---00-00")),
            ("checksum", .null),
        ])
    }

    /// False: the value is no number where one is needed.
    ///
    /// Switches that aren't here are accepted and change nothing.
    mutating func set(_ entry: String, to value: String) -> Bool {
        switch entry {
        case "clientBeatInterval":
            guard let number = Int64(value) else { return false }
            clientBeatInterval = number
        case "lightBeatEnabled": isLightBeatEnabled = Words.isTrue(value)
        case "healthCheckEnabled": isHealthCheckEnabled = Words.isTrue(value)
        case "defaultInstanceEphemeral": isDefaultInstanceEphemeral = Words.isTrue(value)
        default: break
        }
        return true
    }
}
