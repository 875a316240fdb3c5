@testable import DevRegistry

extension Case {
    static let registering: [Case] = [
        Case("one registered instance is listed with everything at its default", rows: ["S1"]) { s in
            try s.register()
            try await s.list(is: "listed") { $0.count == 1 }
            let reply = try s.ask("GET", "instance/list", ["serviceName=\(s.service)"])
            let hosts = reply.json?["hosts"]?.array ?? []
            try s.expect(hosts.count == 1, "one host", got: reply)
            let host = hosts[0]
            try s.expect(host["ip"]?.string == s.ip() && host["port"]?.int == 80, "its address", got: reply)
            try s.expect(host["weight"]?.double == 1, "weight 1", got: reply)
            let flags = ["healthy", "enabled", "ephemeral"].allSatisfy { host[$0]?.bool == true }
            try s.expect(flags, "healthy, enabled, ephemeral", got: reply)
            try s.expect(host["clusterName"]?.string == "DEFAULT", "cluster DEFAULT", got: reply)
            let name = "DEFAULT_GROUP@@\(s.service)"
            try s.expect(host["instanceId"]?.string == "\(s.ip())#80#DEFAULT#\(name)", "the simple id", got: reply)
            try s.expect(host["serviceName"]?.string == name, "the grouped name", got: reply)
            let lengths = ["instanceHeartBeatInterval", "instanceHeartBeatTimeOut", "ipDeleteTimeout"]
            try s.expect(lengths.map { host[$0]?.int } == [5000, 15000, 30000], "the usual lengths", got: reply)
            try s.expect(reply.json?["cacheMillis"]?.int == 10000, "cacheMillis 10000", got: reply)
            try s.expect(reply.json?["name"]?.string == name, "the service's name", got: reply)
        },
        Case("metadata as JSON comes back unchanged", rows: ["S3"]) { s in
            try s.register(#"metadata={"version":"1.0","env":"prod ü&=+%"}"#)
            let wanted = ["version": "1.0", "env": "prod ü&=+%"]
            try await s.list(is: "both keys") { $0.first?.metadata == wanted }
        },
        Case("metadata as pairs, and JSON values that are no strings", notices: [.metadataPairs]) { s in
            try s.register("metadata=a=1,b=2")
            try await s.list(is: "both pairs") { $0.first?.metadata == ["a": "1", "b": "2"] }
            try s.register("port=81", #"metadata={"n":1,"b":true}"#)
            try await s.list(is: "strings") { $0.last?.metadata == ["n": "1", "b": "true"] }
        },
        Case("a goodbye of one of two leaves the other", rows: ["S6"]) { s in
            try s.register()
            try s.register("port=81")
            try await s.list(is: "two") { $0.count == 2 }
            try s.deregister()
            try await s.list(is: "the other") { $0.map(\.port) == [81] }
        },
        Case("a goodbye to an unknown instance or service is ok", rows: ["S7"], notices: [.unknownGoodbyeIsFine]) { s in
            try s.deregister()
            try s.register()
            try s.deregister("port=81")
            try s.deregister()
            try s.deregister()
        },
        Case("a goodbye with the wrong kind is ok and does nothing", notices: [.goodbyeChecksKind]) { s in
            try s.register()
            try s.deregister("ephemeral=false")
            try await s.settle()
            try s.expect(try s.hosts().count == 1, "the instance still listed")
            try s.beat()
        },
        Case(
            "the cluster is no part of the identity: registering replaces, a goodbye ignores it",
            notices: [.identityWithoutCluster, .goodbyeIgnoresCluster]
        ) { s in
            try s.register("clusterName=c1")
            try await s.list(is: "c1") { $0.map(\.cluster) == ["c1"] }
            try s.register("clusterName=c2")
            try await s.list(is: "c2 alone") { $0.map(\.cluster) == ["c2"] }
            try s.deregister("clusterName=c3")
            try await s.list(is: "nobody") { $0.isEmpty }
        },
        Case("of two registrations of one address the newer counts", rows: ["S38"], notices: [.registeringReplaces]) {
            s in
            try s.register("weight=2", "metadata=a=1")
            try s.register("weight=3.5", "metadata=b=2")
            try await s.list(is: "the newer values, once") { hosts in
                hosts.count == 1 && hosts[0].weight == 3.5 && hosts[0].metadata == ["b": "2"]
            }
        },
        Case("a disabled instance is not listed", rows: ["S35"], notices: [.listHidesDisabled]) { s in
            try s.register("enabled=false")
            try s.register("port=81")
            try await s.settle()
            try s.expect(try s.hosts().map(\.port) == [81], "the enabled one alone")
            try s.register("port=81", "enabled=false")
            try await s.list(is: "nobody") { $0.isEmpty }
        },
        Case("`1` is false, `enable` means enabled", notices: [.oneIsFalse, .enableMeansEnabled]) { s in
            try s.register("enabled=1")
            try s.register("port=81", "enable=false")
            try s.register("port=82", "enabled=YES")
            try await s.settle()
            try s.expect(try s.hosts().map(\.port) == [82], "the third alone")
        },
        Case("parameters may come in a form, also of PUT and DELETE", notices: [.parametersInForm]) { s in
            let own = s.own([])
            let made = try s.ask("POST", "instance", [], form: own)
            try s.expect(made.text == "ok", "ok", got: made)
            let beaten = try s.ask("PUT", "instance/beat", [], form: own)
            try s.expect(beaten.code == 10200, "10200", got: beaten)
            let gone = try s.ask("DELETE", "instance", [], form: own)
            try s.expect(gone.text == "ok", "ok", got: gone)
            try await s.list(is: "nobody") { $0.isEmpty }
        },
        Case(
            "ephemeral and persistent don't mix in a service", notices: [.kindsDoNotMix]
        ) { s in
            try s.register()
            let reply = try s.ask("POST", "instance", s.own(["port=81", "ephemeral=false"]))
            try s.expect(reply.status == 400 && reply.text.contains("is ephemeral service"), "400", got: reply)
            try s.expect(reply.text.hasPrefix("errCode: 400, errMsg: Current service "), "its words", got: reply)
        },
    ]
}
