/// Why a request isn't granted, in Nacos' own words.
struct Refusal: Error, Hashable, Sendable {
    /// Which part of the server answers; each has its own envelope (registries/observed/nacos-1x-2x.md, 2.2).
    enum Origin: Sendable {
        /// Plain text.
        case controller
        /// The parameter checker: text and CRLF, no content type.
        case checker
        /// A filter or the container: Spring's JSON.
        case filter
        /// The filter that reads metadata: Spring's JSON too, but nothing at all in v3.
        case metadata
        /// In v3, what reads values by their types: the text is the envelope's message.
        case binder
    }

    var status: Int
    var text: String
    var origin = Origin.controller
    /// In v3.
    var code = ErrorCode.serverError

    static func missing(_ parameter: String) -> Refusal {
        Refusal(status: 400, text: "Param '\(parameter)' is required.")
    }

    static func notPresent(_ parameter: String, _ type: String = "String") -> Refusal {
        let text = "Required parameter '\(parameter)' type \(type) is not present"
        return Refusal(status: 400, text: text, code: .parameterMissing)
    }

    static func noNumber(_ text: String) -> Refusal { Refusal(status: 400, text: "For input string: \"\(text)\"") }

    static func metadataFormat(_ text: String) -> Refusal {
        let reason = "metadata format incorrect:\(text);"
        let message = "Server failed, caused: ErrCode:400, ErrMsg:\(reason)caused: \(reason)"
        return Refusal(status: 500, text: message, origin: .metadata)
    }

    static func wrongKind(_ key: ServiceKey, isEphemeral: Bool) -> Refusal {
        let (has, wants) = isEphemeral ? ("ephemeral", "persistent") : ("persistent", "ephemeral")
        let reason = "Current service \(key.grouped) is \(has) service, can't register \(wants) instance."
        return Refusal(status: 400, text: "errCode: 400, errMsg: \(reason) ")
    }

    static let unsoundTiming = Refusal(
        status: 400,
        text: "Instance 'heart beat interval' must less than 'heart beat timeout' and 'ip delete timeout'.",
        code: .instanceError)

    static func cluster(_ name: String) -> Refusal {
        Refusal(
            status: 400,
            text: "Instance 'clusterName' should be characters with only 0-9a-zA-Z-. (current: \(name))",
            code: .instanceError)
    }

    static let weight = Refusal(
        status: 400, text: "instance format invalid: The weights range from 0.0 to 10000.0",
        code: .weightError)

    static func unknownService(_ key: ServiceKey) -> Refusal {
        Refusal(status: 400, text: "service \(key.grouped) not found!")
    }
}
