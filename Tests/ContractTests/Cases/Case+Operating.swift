@testable import DevRegistry

extension Case {
    private static let noEdits = Difference.gone("PUT", "instance", "serviceName=old", "ip=10.2.2.2", "port=80")
    private static let noPatches = Difference.gone("PATCH", "instance", "serviceName=old", "ip=10.2.2.2", "port=80")
    private static let noServices = Difference.gone("POST", "service", "serviceName=x")

    private static func put(_ s: Session, _ more: String...) throws {
        let reply = try s.ask("PUT", "instance", s.own(more))
        try s.expect(reply.status == 200 && reply.text == "ok", "an edit that is ok", got: reply)
    }

    private static func patch(_ s: Session, _ more: String...) throws {
        let reply = try s.ask("PATCH", "instance", s.own(more))
        try s.expect(reply.status == 200 && reply.text == "ok", "a patch that is ok", got: reply)
    }

    static let operating: [Case] = [
        Case(
            "an edit counts in its namespace alone, and wins over later registrations", rows: ["S12"],
            notices: [.editsWin], differs: [noEdits]
        ) { s in
            try s.register()
            try s.register("namespaceId=namespace-1")
            try await s.list("namespaceId=namespace-1", is: "one") { $0.count == 1 }
            try put(s, "namespaceId=namespace-1", "weight=8.0")
            try await s.list("namespaceId=namespace-1", is: "weight 8") { $0.map(\.weight) == [8] }
            try s.expect(try s.hosts().map(\.weight) == [1], "the public one unchanged")
            try s.register("namespaceId=namespace-1", "weight=1")
            try await s.settle()
            try s.expect(try s.hosts("namespaceId=namespace-1").map(\.weight) == [8], "weight 8 still")
            try s.deregister("namespaceId=namespace-1")
            try s.register("namespaceId=namespace-1", "weight=1")
            try await s.settle()
            try s.expect(try s.hosts("namespaceId=namespace-1").map(\.weight) == [8], "weight 8 even now")
        },
        Case("edited metadata is laid over the published", notices: [.editsMerge], differs: [noEdits]) { s in
            try s.register("metadata=a=1,b=1")
            try put(s, "metadata=b=2,c=3")
            try await s.list(is: "both, merged") { $0.map(\.metadata) == [["a": "1", "b": "2", "c": "3"]] }
        },
        Case("an edit needs a service, not an instance", notices: [.editNeedsService], differs: [noEdits]) { s in
            let reply = try s.ask("PUT", "instance", s.own([]))
            let name =
                "Service{namespace='public', group='DEFAULT_GROUP', name='\(s.service)', ephemeral=true, revision=0}"
            let words = "service not found, namespace: public, service: \(name)"
            try s.expect(reply.status == 400 && reply.text == words, words, got: reply)
            try s.register()
            try put(s, "port=99", "weight=2")
        },
        Case(
            "a patch changes what it names and nothing else", rows: ["S13"], notices: [.patchKeepsTheRest],
            differs: [noPatches]
        ) { s in
            try s.register("metadata=a=1")
            try patch(s, "metadata=b=2")
            try await s.list(is: "the metadata, weight 1") { hosts in
                hosts.map(\.weight) == [1] && hosts.map(\.metadata) == [["a": "1", "b": "2"]]
            }
            try patch(s, "weight=5")
            try await s.list(is: "weight 5, the metadata") { hosts in
                hosts.map(\.weight) == [5] && hosts.map(\.metadata) == [["a": "1", "b": "2"]]
            }
            let reply = try s.ask("PATCH", "instance", s.own(["port=99", "weight=4"]))
            try s.expect(reply.status == 404 && reply.text == "no matched ip found!", "404", got: reply)
        },
        Case("metrics say UP", rows: ["S26"], notices: [.metricsSayUp]) { s in
            let short = try s.ask("GET", "operator/metrics", [])
            try s.expect(short.status == 200 && short.text == #"{"status":"UP"}"#, "UP", got: short)
            try s.register()
            // Counted now and then only.
            for _ in 0..<100 {
                let long = try s.ask("GET", "operator/metrics", ["onlyStatus=false"])
                if (long.json?["instanceCount"]?.int ?? 0) > 0 { return }
                try await s.pause(.milliseconds(100))
            }
            throw Mismatch("wanted instances counted")
        },
        Case("services are listed by group, page by page", notices: [.serviceCount]) { s in
            let group = "groupName=G-\(s.service)"
            try s.register(group)
            try s.register(group, "serviceName=\(s.service)-b")
            let page = try s.ask("GET", "service/list", [group, "pageNo=1", "pageSize=1"])
            try s.expect(page.json?["count"]?.int == 2 && page.json?["doms"]?.array?.count == 1, "1 of 2", got: page)
            let all = try s.ask("GET", "service/list", [group, "pageNo=1", "pageSize=9"])
            let names = all.json?["doms"]?.array?.compactMap(\.string).sorted()
            try s.expect(names == [s.service, "\(s.service)-b"], "both names", got: all)
            let missing = try s.ask("GET", "service/list", ["pageNo=1"])
            let words = "Param 'pageSize' is required."
            try s.expect(missing.status == 400 && missing.text == words, words, got: missing)
        },
        Case(
            "services can be made, shown, changed and removed", rows: ["S27"],
            notices: [.servicesAreUnique, .fullServicesStay], differs: [noServices], services),
        Case(
            "a service made by itself is persistent", rows: ["S29"], notices: [.madeServicesArePersistent],
            differs: [noServices]
        ) { s in
            let made = try s.ask("POST", "service", ["serviceName=\(s.service)"])
            try s.expect(made.text == "ok", "ok", got: made)
            let reply = try s.ask("POST", "instance", s.own([]))
            try s.expect(reply.status == 400 && reply.text.contains("is persistent service"), "400", got: reply)
        },
        Case(
            "too few healthy: all are shown as healthy, where a threshold was set", notices: [.protectThreshold],
            differs: [noServices]
        ) { s in
            let made = try s.ask("POST", "service", ["serviceName=\(s.service)", "protectThreshold=0.8"])
            try s.expect(made.text == "ok", "ok", got: made)
            try s.register("ephemeral=false", "healthy=false")
            try s.register("ephemeral=false", "port=81")
            try await s.list(is: "two healthy ones") { $0.map(\.isHealthy) == [true, true] }
            let list = try s.ask("GET", "instance/list", ["serviceName=\(s.service)"])
            try s.expect(list.json?["reachProtectionThreshold"]?.bool == true, "said so", got: list)
        },
    ]

    private static let services: Steps = { s in
        let name = "serviceName=\(s.service)"
        let full = "DEFAULT_GROUP@@\(s.service)"
        let made = try s.ask("POST", "service", [name, "protectThreshold=0.5", #"metadata={"k":"v"}"#])
        try s.expect(made.status == 200 && made.text == "ok", "ok", got: made)
        let shown = try s.ask("GET", "service", [name])
        try s.expect(shown.json?["protectThreshold"]?.double == 0.5, "the threshold", got: shown)
        try s.expect(shown.json?["metadata"]?["k"]?.string == "v", "the metadata", got: shown)
        try s.expect(shown.json?["name"]?.string == s.service, "the name", got: shown)
        let again = try s.ask("POST", "service", [name])
        let exists = "specified service \(full) already exists!"
        try s.expect(again.status == 400 && again.text == exists, exists, got: again)
        let changed = try s.ask("PUT", "service", [name, "protectThreshold=0.25"])
        try s.expect(changed.text == "ok", "ok", got: changed)
        try s.expect(try s.ask("GET", "service", [name]).json?["protectThreshold"]?.double == 0.25, "0.25")
        try s.register("ephemeral=false")
        let kept = try s.ask("DELETE", "service", [name])
        let words = "Service \(full) is not empty, can't be delete. Please unregister instance first"
        try s.expect(kept.status == 400 && kept.text == words, words, got: kept)
        try s.deregister("ephemeral=false")
        let removed = try s.ask("DELETE", "service", [name])
        try s.expect(removed.status == 200 && removed.text == "ok", "ok", got: removed)
        let gone = try s.ask("GET", "service", [name])
        let nowhere = "service not found, namespace: public, serviceName: \(full)"
        try s.expect(gone.status == 400 && gone.text == nowhere, nowhere, got: gone)
    }
}
