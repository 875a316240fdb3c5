/// The typed values of a v3 request, read before anything else is looked at: one that isn't of its type ends in a 500.
struct V3Form {
    let weight: Double?
    let isEnabled: Bool?
    let isHealthy: Bool?
    let isEphemeral: Bool?
    /// Whether it is a heartbeat.
    let isHeartBeat: Bool

    init(_ parameters: Parameters, of endpoint: V3Endpoint, _ rules: Rules) throws(Refusal) {
        let oneIsTrue = rules.hold(.v3OneIsTrue)
        func flag(_ name: String) throws(Refusal) -> Bool? {
            guard let text = parameters[name] else { return nil }
            if let flag = Self.flag(text, oneIsTrue) { return flag }
            guard rules.hold(.v3JunkIs500) else { return nil }
            throw Self.mismatch(name, text, "Boolean", "Invalid boolean value [\(text)]", in: endpoint)
        }
        func number(_ name: String) throws(Refusal) -> Double? {
            guard let text = parameters[name] else { return nil }
            if let number = Double(text) { return number }
            throw Self.mismatch(name, text, "Double", "For input string: \"\(text)\"", in: endpoint)
        }
        isEnabled = try flag("enabled")
        isEphemeral = try flag("ephemeral")
        isHealthy = try flag("healthy")
        weight = try number("weight")
        guard endpoint == .register, let text = parameters["heartBeat"] else {
            isHeartBeat = false
            return
        }
        guard let isHeartBeat = Self.flag(text, oneIsTrue) else {
            let reason =
                "Failed to convert value of type 'java.lang.String' to required type 'boolean'; "
                + "Invalid boolean value [\(text)]"
            throw Refusal(status: 500, text: "Method parameter 'heartBeat': \(reason)", origin: .binder)
        }
        self.isHeartBeat = isHeartBeat
    }

    /// As Spring reads one, unlike v1.
    private static func flag(_ text: String, _ oneIsTrue: Bool) -> Bool? {
        switch text.lowercased() {
        case "true", "on", "yes": true
        case "1": oneIsTrue
        case "false", "off", "no", "0": false
        default: nil
        }
    }

    /// Spring's sentence, of which a real one says all at once where several values are wrong; here the first alone.
    private static func mismatch(
        _ field: String, _ value: String, _ type: String, _ reason: String, in endpoint: V3Endpoint
    ) -> Refusal {
        let form = "com.alibaba.nacos.naming.model.form.InstanceForm"
        let call = endpoint == .register ? "register(\(form),boolean)" : "deregister(\(form))"
        let method =
            "public com.alibaba.nacos.api.model.v2.Result<java.lang.String> "
            + "com.alibaba.nacos.naming.controllers.v3.InstanceOpenApiController.\(call) "
            + "throws com.alibaba.nacos.api.exception.NacosException"
        let codes =
            "typeMismatch.instanceForm.\(field),typeMismatch.\(field),typeMismatch.java.lang.\(type),typeMismatch"
        let arguments =
            "org.springframework.context.support.DefaultMessageSourceResolvable: "
            + "codes [instanceForm.\(field),\(field)]; arguments []; default message [\(field)]"
        let words =
            "Failed to convert property value of type 'java.lang.String' to required type 'java.lang.\(type)' "
            + "for property '\(field)'; \(reason)"
        let error =
            "Field error in object 'instanceForm' on field '\(field)': rejected value [\(value)]; codes [\(codes)]; "
            + "arguments [\(arguments)]; default message [\(words)]"
        return Refusal(
            status: 500, text: "Validation failed for argument [0] in \(method): [\(error)] ", origin: .binder)
    }
}
