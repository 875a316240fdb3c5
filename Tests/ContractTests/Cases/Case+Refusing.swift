@testable import DevRegistry

extension Case {
    /// A registration that differs by one parameter, and how it is refused.
    private static func refuse(
        _ name: String, rows: [String] = [], notices: [Rule] = [],
        _ refusals: [(parameter: String, status: Int, words: String)]
    ) -> Case {
        Case(name, rows: rows, notices: notices) { s in
            for refusal in refusals {
                let reply = try s.ask("POST", "instance", s.own([refusal.parameter]))
                let wanted = "\(refusal.status) \(refusal.words) for \(refusal.parameter.prefix(40))"
                try s.expect(reply.status == refusal.status && reply.text == refusal.words, wanted, got: reply)
            }
            try await s.settle()
            try s.expect(try s.hosts().isEmpty, "nothing registered")
        }
    }

    private static func illegal(_ name: String) -> String {
        "Param '\(name)' is illegal, illegal characters should not appear in the param.\r\n"
    }

    private static func tooLong(_ name: String, _ limit: Int) -> String {
        "Param '\(name)' is illegal, the param length should not exceed \(limit).\r\n"
    }

    private static let portWords = "Param 'port' is illegal, the value should be between 0 and 65535.\r\n"
    private static let weightWords = "instance format invalid: The weights range from 0.0 to 10000.0"
    private static let timingWords =
        "Instance 'heart beat interval' must less than 'heart beat timeout' and 'ip delete timeout'."
    private static let long = String(repeating: "x", count: 1200)

    static let refusing: [Case] = [
        refuse(
            "required parameters", rows: ["S30"], notices: [.requiredParameters],
            [
                ("ip=", 400, "Param 'ip' is required."), ("port=", 400, "Param 'port' is required."),
                ("serviceName=", 400, "Param 'serviceName' is required."),
            ]),
        refuse(
            "weights", rows: ["S31"], notices: [.weightRange],
            [
                ("weight=10001", 400, weightWords), ("weight=-1", 400, weightWords),
                ("weight=abc", 400, "For input string: \"abc\""),
            ]),
        refuse(
            "cluster names", rows: ["S32"], notices: [.clusterCharacters],
            [
                ("clusterName=cluster1,cluster2", 400, illegal("cluster")),
                (
                    "clusterName=a_b", 400,
                    "Instance 'clusterName' should be characters with only 0-9a-zA-Z-. (current: a_b)"
                ),
            ]),
        refuse(
            "timeouts below the interval", rows: ["S33"], notices: [.timeoutsAboveInterval],
            [
                ("metadata=preserved.heart.beat.interval=5000,preserved.heart.beat.timeout=4000", 400, timingWords),
                ("metadata=preserved.heart.beat.interval=5000,preserved.ip.delete.timeout=4000", 400, timingWords),
                ("metadata=preserved.heart.beat.interval=16000", 400, timingWords),
            ]),
        refuse(
            "ports, and a message that ends with a new line", notices: [.portRange, .checkerEndsWithNewline],
            ["65536", "70000", "-1", "abc"].map { ("port=\($0)", 400, portWords) }),
        refuse(
            "characters", notices: [.characters],
            [
                ("ip=a b", 400, illegal("ip")), ("ip=10.1.4.1 ", 400, illegal("ip")), ("ip=中", 400, illegal("ip")),
                ("groupName=a/b", 400, illegal("group")), ("groupName=组", 400, illegal("group")),
                ("groupName=g@@x", 400, illegal("serviceName")), ("serviceName=@x", 400, illegal("serviceName")),
                ("serviceName=a b", 400, illegal("serviceName")), ("serviceName=服务", 400, illegal("serviceName")),
                ("serviceName=a@@b@@c", 400, illegal("serviceName")), ("clusterName=a b", 400, illegal("cluster")),
                ("namespaceId=a b!", 400, illegal("namespaceId/tenant")),
            ]),
        refuse(
            "lengths", notices: [.lengths],
            [
                ("serviceName=" + long.prefix(513), 400, tooLong("serviceName", 512)),
                ("groupName=" + long.prefix(129), 400, tooLong("group", 128)),
                ("clusterName=" + long.prefix(65), 400, tooLong("cluster", 64)),
            ]),
        refuse(
            "metadata that is too long", notices: [.metadataLength],
            [("metadata=k=" + long.prefix(1024), 400, tooLong("Metadata", 1024))]),
        Case("group@@service that is not whole", notices: [.groupedNameFormat]) { s in
            for (name, words) in [("x@@", "it should be format as"), ("@@x", "groupName can't be empty;")] {
                let reply = try s.ask("POST", "instance", s.own(["serviceName=\(name)"]))
                let message = reply.json?["message"]?.string ?? ""
                let head = "Service name filter error,caused: Param 'serviceName' is illegal, "
                try s.expect(reply.status == 400 && message.hasPrefix(head), "400 in Spring's JSON", got: reply)
                try s.expect(message.contains(words), words, got: reply)
            }
        },
        Case("metadata that is neither JSON nor pairs is a 500", notices: [.metadataFormat]) { s in
            for metadata in ["hello", "{oops", "a=b,c", #"{"a":{"b":1}}"#] {
                let reply = try s.ask("POST", "instance", s.own(["metadata=\(metadata)"]))
                let reason = "metadata format incorrect:\(metadata);"
                let words = "Server failed, caused: ErrCode:400, ErrMsg:\(reason)caused: \(reason)"
                try s.expect(reply.status == 500, "500", got: reply)
                try s.expect(reply.json?["message"]?.string == words, words, got: reply)
            }
            try await s.settle()
            try s.expect(try s.hosts().isEmpty, "nothing registered")
        },
    ]
}
