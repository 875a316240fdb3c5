@testable import DevRegistry

extension Case {
    private static let coarse: Set<TargetKind> = [.likeNacos, .nacos25, .nacos31]

    static let speaking: [Case] = [
        Case("`ok` has a length, JSON comes in chunks") { s in
            let made = try s.register()
            try s.expect(made.header("Content-Type")?.hasPrefix("text/plain") == true, "text/plain", got: made)
            try s.expect(made.header("Content-Length") == "2", "length 2", got: made)
            let list = try s.ask("GET", "instance/list", ["serviceName=\(s.service)"])
            try s.expect(list.header("Content-Type")?.hasPrefix("application/json") == true, "JSON", got: list)
            try s.expect(list.isChunked, "chunks", got: list)
        },
        Case("an unknown call of v1 is a 501", notices: [.unknownPathIs501]) { s in
            for (method, path) in [("GET", "nosuch"), ("POST", "instance/beat")] {
                let reply = try s.ask(method, path, [])
                let words = "no such api:\(method):\(s.target.contextPath)/v1/ns/\(path)"
                try s.expect(reply.status == 501 && reply.json?["message"]?.string == words, words, got: reply)
                try s.expect(reply.json?["error"]?.string == "Not Implemented", "Spring's words", got: reply)
            }
        },
        Case("a path outside of every API is a 404 that leaves the connection open") { s in
            let reply = try s.client.ask("GET", s.target.contextPath + "/nosuch")
            try s.expect(reply.status == 404, "404", got: reply)
            try s.expect(!reply.saysClose && !s.client.isClosed(within: 200), "an open connection", got: reply)
        },
        Case("400, 500 and 501 close the connection", notices: [.refusalsClose], only: coarse) { s in
            let asked: [(String, String, [String], Int)] = [
                ("POST", "instance", ["serviceName=\(s.service)"], 400),
                ("POST", "instance", s.own(["port=70000"]), 400),
                ("POST", "instance", s.own(["metadata=hello"]), 500),
                ("GET", "nosuch", [], 501),
            ]
            for (method, path, parameters, status) in asked {
                let reply = try s.ask(method, path, parameters)
                try s.expect(reply.status == status && reply.saysClose, "\(status) and a close", got: reply)
                try s.expect(s.client.isClosed(), "a closed connection", got: reply)
            }
        },
        Case("what stands behind a refused request is not answered", notices: [.refusalsClose], only: coarse) { s in
            try s.register()
            let refused = s.path("instance", ["serviceName=\(s.service)", "port=80"])
            let replies = try s.client.pipeline([
                ("POST", refused), ("PUT", s.path("instance/beat", s.own([]))),
            ])
            try s.expect(replies.map(\.status) == [400], "one answer, 400; got \(replies.map(\.status))")
        },
        Case("requests sent in one write are answered in order") { s in
            try s.register()
            let known = s.path("instance/beat", s.own([]))
            let unknown = s.path("instance/beat", s.own(["port=81"]))
            let replies = try s.client.pipeline([("PUT", known), ("PUT", unknown), ("PUT", known)])
            try s.expect(replies.map(\.code) == [10200, 20404, 10200], "three answers; got \(replies.map(\.text))")
        },
        // A real one would need a server of its own for this.
        Case("the context path can be the root", rows: ["S5"], only: [.exact]) { s in
            let rooted = try RegistryProcess(.exact, ["--context-path", "/"], contextPath: "")
            defer { rooted.stop() }
            let session = Session(rooted.target, number: 1)
            try session.register()
            try session.expect(try session.hosts().count == 1, "the instance below /v1/ns")
            try session.deregister()
        },
        Case("a connection answers 100 requests", notices: [.hundredRequests], only: coarse) { s in
            try s.register()
            while s.client.requests < 99 {
                let reply = try s.beat()
                try s.expect(!reply.saysClose, "no close after \(s.client.requests)", got: reply)
            }
            let last = try s.beat()
            try s.expect(last.saysClose && s.client.isClosed(), "a close with the 100th", got: last)
            try s.beat()
        },
        Case(
            "an idle connection is closed after 60 s", notices: [.idleConnectionsClose], phase: .slow, only: coarse
        ) { s in
            try s.register()
            try await s.pause(.seconds(55))
            try s.expect(!s.client.isClosed(within: 0), "an open connection after 55 s")
            for _ in 0..<150 where !s.client.isClosed(within: 0) { try await s.pause(.milliseconds(100)) }
            try s.expect(s.client.isClosed(within: 0), "a closed connection after 70 s")
        },
    ]
}
