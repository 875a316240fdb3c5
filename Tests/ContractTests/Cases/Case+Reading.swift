@testable import DevRegistry

extension Case {
    private static let unknownDetail: Steps = { s in
        try s.register()
        for more in ["namespaceId=other", "groupName=G9"] {
            let reply = try s.ask("GET", "instance", s.own([more]))
            let name = "\(more == "groupName=G9" ? "G9" : "DEFAULT_GROUP")@@\(s.service)"
            try s.expect(reply.status == 404, "404", got: reply)
            let words = "no ips found for cluster DEFAULT in service \(name)"
            try s.expect(reply.text == words, words, got: reply)
        }
        let reply = try s.ask("GET", "instance", s.own(["port=81"]))
        try s.expect(reply.status == 404 && reply.text == "no matched ip found!", "no matched ip found!", got: reply)
        try s.expect(!reply.saysClose, "a connection that stays", got: reply)
        let known = try s.ask("GET", "instance", s.own([]))
        try s.expect(known.json?["ip"]?.string == s.ip(), "the detail of the known one", got: known)
        try s.expect(known.json?["service"]?.string == "DEFAULT_GROUP@@\(s.service)", "its service", got: known)
    }

    static let reading: [Case] = [
        Case("lists can be narrowed to clusters", rows: ["S2"], notices: [.clusterFilter]) { s in
            try s.register("clusterName=c1")
            try s.register("clusterName=c2", "port=81")
            try await s.list(is: "both") { $0.count == 2 }
            try s.expect(try s.hosts("clusters=c1").map(\.port) == [80], "the one in c1")
            try s.expect(try s.hosts("clusters=c1,c2").count == 2, "both")
            try s.expect(try s.hosts("clusters=c3").isEmpty, "none in c3")
        },
        Case("the list of an unknown service is empty", rows: ["S14"], notices: [.unknownServiceIsEmpty]) { s in
            let reply = try s.ask("GET", "instance/list", ["serviceName=\(s.service)"])
            try s.expect(reply.status == 200 && reply.json?["hosts"]?.array?.isEmpty == true, "no hosts", got: reply)
            try s.expect(reply.json?["name"]?.string == "DEFAULT_GROUP@@\(s.service)", "its name", got: reply)
        },
        Case("healthyOnly leaves the unhealthy out", notices: [.healthyOnly, .listShowsUnhealthy]) { s in
            try s.register("healthy=false")
            try s.register("port=81")
            try await s.list(is: "both, one unhealthy") { $0.map(\.isHealthy) == [false, true] }
            try s.expect(try s.hosts("healthyOnly=true").map(\.port) == [81], "the healthy one alone")
            try s.expect(try s.hosts("healthyOnly=yes").count == 2, "both: only `true` is true here")
        },
        Case(
            "the detail of an unknown instance is 404", rows: ["S10"], notices: [.detailOfUnknownIs404],
            differs: [.gone("GET", "instance", "serviceName=old", "ip=10.2.2.2", "port=80")], unknownDetail),
        Case(
            "later changes of a service show late", notices: [.readsLag],
            only: [.likeNacos, .nacos25, .nacos31]
        ) { s in
            try s.register()
            try await s.list(is: "the first one") { $0.count == 1 }
            for attempt in 1...5 {
                let began = ContinuousClock.now
                try s.register("port=\(80 + attempt)")
                let seen = try s.hosts().count
                // A machine that stalled for longer than the lag proves nothing.
                guard ContinuousClock.now - began < .milliseconds(350) else {
                    try await s.list(is: "all so far") { $0.count == 1 + attempt }
                    continue
                }
                try s.expect(seen == attempt, "the second one not at once")
                try await s.list(within: .seconds(5), is: "all") { $0.count == 1 + attempt }
                return
            }
            throw Mismatch("the machine stalled five times")
        },
    ]
}
