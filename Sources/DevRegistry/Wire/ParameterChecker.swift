/// The filters before the controllers of 2.5.0: group and name made one, then every parameter looked at.
struct ParameterChecker {
    /// Which parameters a call has looked at.
    enum Scope {
        /// Namespace, group and name.
        case service
        /// The instance's address and metadata too.
        case instance
        /// None.
        case none
    }

    let rules: Rules

    /// Puts the group in front of the name, where it isn't yet.
    func group(_ parameters: inout Parameters) throws(Refusal) {
        guard let name = parameters["serviceName"] else { return }
        let group = parameters["groupName"] ?? ServiceKey.defaultGroup
        let (given, bare) = ServiceKey.split(name)
        guard let given else { return parameters.set("serviceName", to: "\(group)@@\(name)") }
        if !rules.hold(.groupInNameWins), parameters["groupName"] != nil {
            return parameters.set("serviceName", to: "\(group)@@\(bare)")
        }
        guard rules.hold(.groupedNameFormat) else { return }
        let head = "Service name filter error,caused: Param 'serviceName' is illegal, "
        if bare.isEmpty {
            let reason = "it should be format as 'groupName@@serviceName';"
            throw Refusal(status: 400, text: head + reason, origin: .filter)
        }
        if given.isEmpty { throw Refusal(status: 400, text: head + "groupName can't be empty;", origin: .filter) }
    }

    /// Where nothing has put them together, the group stands by itself; one in the name hides it.
    func check(_ parameters: Parameters, _ scope: Scope) throws(Refusal) {
        if scope == .none { return }
        try check(parameters.raw("namespaceId"), "namespaceId/tenant", limit: 64, Self.isWord)
        let (group, name) = ServiceKey.split(parameters.raw("serviceName") ?? "")
        let isOdd = name.hasPrefix("@") || ServiceKey.split(name).group != nil
        try check(name, "serviceName", limit: 512) { !isOdd && Self.isVisible($0) }
        try check(group ?? parameters.raw("groupName"), "group", limit: 128) {
            Self.isPlain($0) || $0 == "_" || $0 == ":" || $0 == "."
        }
        guard scope == .instance else { return }
        let cluster = parameters.raw("clusterName") ?? parameters.raw("cluster")
        try check(cluster, "cluster", limit: 64) { Self.isPlain($0) || $0 == "_" }
        try check(parameters.raw("ip"), "ip", limit: 128, Self.isVisible)
        if let port = parameters["port"], rules.hold(.portRange), !(Int(port).map { 0...65535 ~= $0 } ?? false) {
            throw Self.refusal("port", "the value should be between 0 and 65535.")
        }
        if let metadata = try metadata(parameters), metadata.length > 1024, rules.hold(.metadataLength) {
            throw Self.tooLong("Metadata", 1024)
        }
    }

    /// Read already here, which is why a broken one answers 500.
    func metadata(_ parameters: Parameters) throws(Refusal) -> Metadata? {
        guard let text = parameters["metadata"] else { return nil }
        if let metadata = Metadata(text: text, pairs: rules.hold(.metadataPairs)) { return metadata }
        guard rules.hold(.metadataFormat) else { return Metadata() }
        throw .metadataFormat(text)
    }

    private func check(_ value: String?, _ name: String, limit: Int, _ isFine: (Unicode.Scalar) -> Bool)
        throws(Refusal)
    {
        guard let value else { return }
        if value.utf16.count > limit, rules.hold(.lengths) { throw Self.tooLong(name, limit) }
        if !value.unicodeScalars.allSatisfy(isFine), rules.hold(.characters) { throw Self.illegal(name) }
    }

    private static func refusal(_ name: String, _ reason: String) -> Refusal {
        Refusal(status: 400, text: "Param '\(name)' is illegal, \(reason)", origin: .checker)
    }

    private static func illegal(_ name: String) -> Refusal {
        refusal(name, "illegal characters should not appear in the param.")
    }

    private static func tooLong(_ name: String, _ limit: Int) -> Refusal {
        refusal(name, "the param length should not exceed \(limit).")
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "-"
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool { isPlain(scalar) || scalar == "_" }

    /// Neither a blank nor a Chinese character.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        !Words.isBlank(scalar) && !("\u{4E00}"..."\u{9FA5}").contains(scalar)
    }
}
