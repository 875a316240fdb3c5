@testable import DevRegistry

extension Case {
    static let v3: [Case] = [
        Case(
            "v3: an unknown heartbeat is 21003 and makes nothing, a known one is ok", rows: ["S40"],
            notices: [.v3UnknownBeatIs21003], only: TargetKind.withoutV1
        ) { s in
            try s.v3Beat(Session.notFound)
            try await s.settle()
            try s.expect(try s.v3Hosts().isEmpty, "nothing made")
            try s.v3Register()
            try s.v3Beat()
            for other in ["ip=\(s.ip(9))", "port=81", "groupName=G2", "namespaceId=n2", "serviceName=\(s.service)-x"] {
                try s.v3Beat(Session.notFound, other)
            }
            try s.v3Deregister()
            try s.v3Beat(Session.notFound)
        },
        Case(
            "v3: a goodbye is ok, also to an unknown instance or service; a list is an array", rows: ["S41"],
            only: TargetKind.withoutV1
        ) { s in
            try s.v3Deregister()
            try s.v3Register()
            try s.v3Register("port=81")
            try await s.v3List(is: "two") { $0.map(\.port) == [80, 81] }
            try s.v3Deregister()
            try s.v3Deregister()
            try await s.v3List(is: "the other") { $0.map(\.port) == [81] }
            let unknown = try s.client.ask("GET", s.v3Path("instance/list", ["serviceName=\(s.service)-x"]))
            try s.expect(unknown.text == #"{"code":0,"message":"success","data":[]}"#, "an empty array", got: unknown)
            try s.expect(unknown.isChunked, "chunks", got: unknown)
        },
        Case(
            "v1 that is switched off is a 410 that names its successor", rows: ["S42"], notices: [.v1OffIs410],
            only: TargetKind.withoutV1, switchedOff),
        Case("v3: one registered instance is listed with everything at its default", only: TargetKind.withoutV1) { s in
            try s.v3Register()
            try await s.v3List(is: "listed") { $0.count == 1 }
            let reply = try s.client.ask("GET", s.v3Path("instance/list", ["serviceName=\(s.service)"]))
            let words =
                #"{"code":0,"message":"success","data":[{"ip":"\#(s.ip())","port":80,"weight":1.0,"healthy":true,"#
                + #""enabled":true,"ephemeral":true,"clusterName":"DEFAULT","#
                + #""serviceName":"DEFAULT_GROUP@@\#(s.service)","metadata":{},"instanceHeartBeatInterval":5000,"#
                + #""instanceHeartBeatTimeOut":15000,"ipDeleteTimeout":30000,"instanceIdGenerator":"simple"}]}"#
            try s.expect(reply.text == words, words, got: reply)
        },
        Case("v3: of two registrations of one address the newer counts, cluster and all", only: TargetKind.withoutV1) {
            s in
            try s.v3Register("weight=2", #"metadata={"a":"1"}"#)
            try s.v3Register("weight=3.5", #"metadata={"b":2}"#, "clusterName=C2")
            try await s.v3List("clusterName=C2", is: "the newer values") { hosts in
                hosts.map(\.weight) == [3.5] && hosts.map(\.metadata) == [["b": "2"]]
            }
            try await s.v3List(is: "none in DEFAULT") { $0.isEmpty }
        },
        Case("v3: a heartbeat changes nothing, and may name another cluster", only: TargetKind.withoutV1) { s in
            try s.v3Register("weight=3", "metadata=a=1")
            try s.v3Beat(Session.ok, "weight=20000", "enabled=false", "metadata=b=2", "clusterName=C9")
            try s.v3Beat(Session.ok, "ephemeral=false")
            try await s.settle()
            try s.expect(try s.v3Hosts().map(\.weight) == [3], "weight 3")
            try s.expect(try s.v3Hosts().map(\.metadata) == [["a": "1"]], "the old metadata")
        },
        Case(
            "v3: booleans are Spring's, and `enable` means nothing", notices: [.v3OneIsTrue, .v3KnowsNoEnable],
            only: TargetKind.withoutV1
        ) { s in
            try s.v3Register("enabled=1")
            try s.v3Register("port=81", "enabled=NO")
            try s.v3Register("port=82", "enable=false")
            try s.v3Register("port=83", "enabled=", "weight=", "ephemeral=", "metadata=", "clusterName=")
            try await s.settle()
            try s.expect(try s.v3Hosts().map(\.port) == [80, 82, 83], "all but the second")
            try s.v3Beat(Session.notFound, "port=84", "heartBeat=1")
            try s.v3Register("port=84", "heartBeat=off")
            try s.v3Register("port=85", "heartbeat=true")
            try s.v3Beat(Session.ok, "port=85")
        },
        Case(
            "v3: a list without a cluster shows DEFAULT alone", notices: [.v3ListsDefaultCluster],
            only: TargetKind.withoutV1
        ) { s in
            try s.v3Register()
            try s.v3Register("port=81", "clusterName=C1")
            try await s.v3List("clusterName=C1,DEFAULT", is: "both") { $0.map(\.port) == [80, 81] }
            try s.expect(try s.v3Hosts().map(\.port) == [80], "the one in DEFAULT")
            try s.expect(try s.v3Hosts("clusterName=").map(\.port) == [80], "the one in DEFAULT")
            try s.expect(try s.v3Hosts("clusterName=C1").map(\.port) == [81], "the one in C1")
        },
        Case("v3: a group in a name is part of the name", notices: [.v3NameIsLiteral], only: TargetKind.withoutV1) {
            s in
            try s.v3Register("serviceName=G7@@\(s.service)")
            try await s.v3List("serviceName=G7@@\(s.service)", is: "the instance") { $0.count == 1 }
            try s.expect(try s.v3Hosts("groupName=G7").isEmpty, "none in that group")
            try s.v3Beat(Session.notFound, "groupName=G7")
            try s.v3Beat(Session.ok, "serviceName=G7@@\(s.service)")
        },
        Case("v3: namespaces and groups are apart", only: TargetKind.withoutV1) { s in
            try s.v3Register()
            try s.v3Register("port=81", "namespaceId=namespace-1")
            try s.v3Register("port=82", "groupName=G1")
            try await s.v3List("namespaceId=namespace-1", is: "81") { $0.map(\.port) == [81] }
            try await s.v3List("groupName=G1", is: "82") { $0.map(\.port) == [82] }
            try s.v3Deregister("port=82", "groupName=G1")
            try s.v3Deregister("port=81")
            try await s.v3List("groupName=G1", is: "nobody") { $0.isEmpty }
            try await s.v3List("namespaceId=namespace-1", is: "81 still") { $0.map(\.port) == [81] }
            try s.expect(try s.v3Hosts("namespaceId=").map(\.port) == [80], "the public one")
        },
        Case("v3: an unhealthy instance is listed, and a heartbeat makes it healthy", only: TargetKind.withoutV1) { s in
            try s.v3Register("healthy=false")
            try await s.v3List("healthyOnly=true", is: "unhealthy") { $0.map(\.isHealthy) == [false] }
            try s.v3Beat()
            try await s.v3List(is: "healthy") { $0.map(\.isHealthy) == [true] }
        },
        Case("v3: a persistent instance knows no heartbeats", only: TargetKind.withoutV1) { s in
            try s.v3Register("ephemeral=false")
            try s.v3Beat(Session.notFound)
            try s.v3Beat(Session.notFound, "ephemeral=false")
            try s.v3Deregister()
            try await s.settle()
            try s.expect(try s.v3Hosts().count == 1, "still there after an ephemeral goodbye")
            try s.v3Deregister("ephemeral=false")
            try await s.v3List(is: "nobody") { $0.isEmpty }
        },
        Case("v3: parameters may come in a form, also of DELETE", only: TargetKind.withoutV1) { s in
            let made = try s.v3("POST", form: s.own([]))
            try s.expect(made.text == Session.ok, "ok", got: made)
            let beaten = try s.v3("POST", form: s.own(["heartBeat=true"]))
            try s.expect(beaten.text == Session.ok, "ok", got: beaten)
            let gone = try s.v3("DELETE", form: s.own([]))
            try s.expect(gone.text == Session.ok, "ok", got: gone)
            try s.v3Beat(Session.notFound)
        },
        Case(
            "v3: silence: unhealthy, revived by a heartbeat, gone", phase: .slow, only: TargetKind.withoutV1,
            v3Silence),
    ]

    /// Rounds of 5 s, and lists that lag, in a real one.
    private static let v3Silence: Steps = { s in
        let keys = ["interval": 1000, "timeout": 4000].map { #""preserved.heart.beat.\#($0)":"\#($1)""# }
        let own = #"metadata={\#(keys.joined(separator: ",")),"preserved.ip.delete.timeout":"8000"}"#
        try s.v3Register(own)
        try s.v3Register("port=81")
        try await s.v3List(within: .seconds(12), is: "the first unhealthy") { $0.map(\.isHealthy) == [false, true] }
        try s.v3Beat()
        try await s.v3List(within: .seconds(4), is: "healthy again") { $0.map(\.isHealthy) == [true, true] }
        try await s.v3List(within: .seconds(18), is: "the first gone") { $0.map(\.port) == [81] }
        try s.v3Beat(Session.notFound)
        try s.v3Beat(Session.ok, "port=81")
    }

    private static let switchedOff: Steps = { s in
        let calls = [
            ("POST", "instance", "client", "POST ${contextPath:nacos}/v3/client/ns/instance"),
            ("PUT", "instance/beat", "client", "POST ${contextPath:nacos}/v3/client/ns/instance?heartBeat=true"),
            ("DELETE", "instance", "client", "DELETE ${contextPath:nacos}/v3/client/ns/instance"),
            ("GET", "instance/list", "client", "GET ${contextPath:nacos}/v3/client/ns/instance/list"),
            ("GET", "operator/metrics", "client", "GET ${contextPath:nacos}/v3/admin/ns/ops/metrics"),
            ("GET", "service/list", "client", "GET ${contextPath:nacos}/v3/admin/ns/service/list"),
            ("GET", "instance", "admin", "GET ${contextPath:nacos}/v3/admin/ns/instance"),
            ("PUT", "instance", "admin", "PUT ${contextPath:nacos}/v3/admin/ns/instance"),
            ("PATCH", "instance", "admin", "PUT ${contextPath:nacos}/v3/admin/ns/instance/partial"),
            ("PUT", "health/instance", "admin", "PUT ${contextPath:nacos}/v3/admin/health/instance"),
            ("GET", "operator/switches", "admin", "GET ${contextPath:nacos}/v3/admin/ns/ops/switches"),
            ("PUT", "operator/switches", "admin", "PUT ${contextPath:nacos}/v3/admin/ns/ops/switches"),
            ("POST", "service", "admin", "POST ${contextPath:nacos}/v3/admin/ns/service"),
            ("DELETE", "service", "admin", "DELETE ${contextPath:nacos}/v3/admin/ns/service"),
        ]
        for (method, path, kind, successor) in calls {
            // Neither missing nor broken parameters are looked at.
            let reply = try s.ask(method, path, ["port=70000"])
            let property = "`nacos.core.api.compatibility.\(kind).enabled=true` in application.properties."
            let advice = "please use API(s) `\(successor)` instead, or set \(property)"
            let words = #"{"code":40000,"message":"Current API will be deprecated, \#(advice)"}"#
            let isGone = reply.status == 410 && reply.json?["message"]?.string == words
            try s.expect(isGone, "410 \(words)", got: reply)
            try s.expect(reply.json?["error"]?.string == "Gone", "Spring's words", got: reply)
            try s.expect(!reply.saysClose, "a connection that stays", got: reply)
        }
        let unknown = try s.ask("POST", "nosuch", [])
        try s.expect(unknown.status == 501, "501 for what never was", got: unknown)
    }
}
