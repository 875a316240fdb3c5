@testable import DevRegistry

extension Case {
    /// A registration over v3 that differs by one parameter, and how it is refused.
    private static func refuse(_ name: String, _ refusals: [(parameter: String, words: String)]) -> Case {
        Case("v3: \(name)", only: TargetKind.withoutV1) { s in
            for refusal in refusals {
                let reply = try s.v3("POST", s.own([refusal.parameter]))
                let wanted = "400 \(refusal.words) for \(refusal.parameter.prefix(40))"
                try s.expect(reply.status == 400 && reply.text == refusal.words, wanted, got: reply)
            }
            try await s.settle()
            try s.expect(try s.v3Hosts().isEmpty, "nothing registered")
        }
    }

    private static func envelope(_ code: ErrorCode, _ text: String) -> String {
        #"{"code":\#(code.rawValue),"message":"\#(code.message)","data":"\#(text)"}"#
    }

    private static func missing(_ name: String, _ type: String = "String") -> String {
        envelope(.parameterMissing, "Required parameter '\(name)' type \(type) is not present")
    }

    private static func illegal(_ name: String) -> String {
        "Param '\(name)' is illegal, illegal characters should not appear in the param.\r\n"
    }

    private static func tooLong(_ name: String, _ limit: Int) -> String {
        "Param '\(name)' is illegal, the param length should not exceed \(limit).\r\n"
    }

    private static let portWords = "Param 'port' is illegal, the value should be between 0 and 65535.\r\n"
    private static let weightWords = envelope(
        .weightError, "instance format invalid: The weights range from 0.0 to 10000.0")
    private static let timingWords = envelope(
        .instanceError, "Instance 'heart beat interval' must less than 'heart beat timeout' and 'ip delete timeout'.")
    private static let long = String(repeating: "x", count: 1200)

    static let v3Refusing: [Case] = [
        refuse(
            "required parameters",
            [
                ("ip=", missing("ip")), ("port=", missing("port", "Integer")),
                ("serviceName=", missing("serviceName")),
            ]),
        refuse("weights", [("weight=20000", weightWords), ("weight=-1", weightWords)]),
        refuse(
            "cluster names",
            [
                ("clusterName=a,b", illegal("cluster")),
                (
                    "clusterName=a_b",
                    envelope(
                        .instanceError,
                        "Instance 'clusterName' should be characters with only 0-9a-zA-Z-. (current: a_b)")
                ),
            ]),
        refuse(
            "timeouts below the interval",
            [
                (
                    #"metadata={"preserved.heart.beat.interval":"5000","preserved.heart.beat.timeout":"3000"}"#,
                    timingWords
                ),
                (
                    #"metadata={"preserved.heart.beat.interval":"5000","preserved.ip.delete.timeout":"3000"}"#,
                    timingWords
                ),
            ]),
        refuse("ports", ["-1", "70000", "abc"].map { ("port=\($0)", portWords) }),
        refuse(
            "characters",
            [
                ("groupName=a/b", illegal("group")), ("groupName=g@@x", illegal("group")),
                ("serviceName=a b", illegal("serviceName")), ("serviceName=服务", illegal("serviceName")),
                ("serviceName=@x", illegal("serviceName")), ("serviceName=a@@b@@c", illegal("serviceName")),
                ("namespaceId=a b", illegal("namespaceId/tenant")), ("ip=10.1 .1", illegal("ip")),
            ]),
        refuse(
            "lengths",
            [
                ("ip=" + long.prefix(129), tooLong("ip", 128)),
                ("groupName=" + long.prefix(129), tooLong("group", 128)),
                ("serviceName=" + long.prefix(513), tooLong("serviceName", 512)),
                ("metadata=k=" + long.prefix(1024), tooLong("Metadata", 1024)),
            ]),
        Case(
            "v3: metadata that is neither JSON nor pairs is an empty 200 that registers nothing",
            notices: [.v3BadMetadataIsEmpty], only: TargetKind.withoutV1
        ) { s in
            for metadata in ["{oops", "[1]", #"{"n":{"a":1}}"#, "a=1,b"] {
                let reply = try s.v3("POST", s.own(["metadata=\(metadata)"]))
                try s.expect(reply.status == 200 && reply.bytes.isEmpty, "an empty 200", got: reply)
            }
            try await s.settle()
            try s.expect(try s.v3Hosts().isEmpty, "nothing registered")
        },
        Case("v3: what is not of its type is a 500", notices: [.v3JunkIs500], only: TargetKind.withoutV1) { s in
            let beat = try s.v3("POST", s.own(["heartBeat=junk"]))
            let words =
                #"{"code":30000,"message":"Method parameter 'heartBeat': Failed to convert value of type "#
                + #"'java.lang.String' to required type 'boolean'; Invalid boolean value [junk]","data":null}"#
            try s.expect(beat.status == 500 && beat.text == words, words, got: beat)
            for (field, type, reason) in [
                ("weight", "Double", "For input string: \"junk\""),
                ("enabled", "Boolean", "Invalid boolean value [junk]"),
                ("healthy", "Boolean", "Invalid boolean value [junk]"),
                ("ephemeral", "Boolean", "Invalid boolean value [junk]"),
            ] {
                let reply = try s.v3("POST", s.own(["\(field)=junk"]))
                try s.expect(reply.status == 500 && reply.code == 30000, "500, 30000", got: reply)
                let message = reply.json?["message"]?.string ?? ""
                let head = "Validation failed for argument [0] in public com.alibaba.nacos.api.model.v2.Result<"
                let end = "'java.lang.\(type)' for property '\(field)'; \(reason)]] "
                try s.expect(message.hasPrefix(head) && message.hasSuffix(end), "\(head)…\(end)", got: reply)
            }
        },
        Case("v3: ephemeral and persistent don't mix in a service", only: TargetKind.withoutV1) { s in
            try s.v3Register()
            let reply = try s.v3("POST", s.own(["port=81", "ephemeral=false"]))
            let service = "Current service DEFAULT_GROUP@@\(s.service) is ephemeral service"
            let words = "errCode: 400, errMsg: \(service), can't register persistent instance. "
            let isRefused = reply.status == 400 && reply.text == envelope(.serverError, words)
            try s.expect(isRefused, "400 \(words)", got: reply)
        },
        Case("v3: a wrong method is a 405, an unknown path a 404; both stay open", only: TargetKind.withoutV1) { s in
            for method in ["GET", "PUT", "PATCH"] {
                let reply = try s.v3(method, s.own([]))
                let words = "Method '\(method)' is not supported."
                try s.expect(reply.status == 405 && reply.json?["message"]?.string == words, words, got: reply)
                try s.expect(reply.json?["error"]?.string == "Method Not Allowed", "Spring's words", got: reply)
                try s.expect(!reply.saysClose, "a connection that stays", got: reply)
            }
            let path = s.v3Path("instance/beat")
            let reply = try s.client.ask("PUT", path)
            let words = "No endpoint PUT \(path)."
            try s.expect(reply.status == 404 && reply.json?["message"]?.string == words, words, got: reply)
            try s.expect(!reply.saysClose && !s.client.isClosed(within: 200), "an open connection", got: reply)
        },
    ]
}
