@testable import DevRegistry

extension Case {
    private static func timings(_ interval: Int, _ timeout: Int, _ delete: Int) -> String {
        "metadata=preserved.heart.beat.interval=\(interval),preserved.heart.beat.timeout=\(timeout),"
            + "preserved.ip.delete.timeout=\(delete)"
    }

    /// When a silent instance was first seen unhealthy, and when it was first not seen.
    private static func lapse(
        _ s: Session, _ port: Int = 80, since last: ContinuousClock.Instant, within limit: Duration,
        meanwhile: (Session) throws -> Void = { _ in }
    ) async throws -> (unhealthy: Duration?, gone: Duration) {
        var unhealthy: Duration?
        while true {
            let host = try s.hosts().first { $0.port == port }
            let now = ContinuousClock.now - last
            guard let host else { return (unhealthy, now) }
            if !host.isHealthy, unhealthy == nil { unhealthy = now }
            if now > limit { throw Mismatch("wanted it gone within \(limit), got \(host)") }
            try meanwhile(s)
            try await s.pause(.milliseconds(150))
        }
    }

    /// What a target may be late: rounds of 5 s, lag, and a machine with other things to do.
    private static func lateness(_ s: Session) -> Duration { s.kind.isCoarse ? .seconds(8) : .seconds(2) }

    static let lapsing: [Case] = [
        Case(
            "silence: unhealthy after 15 s, gone after 30 s, the other untouched; a full beat brings it back",
            rows: ["S20", "S21"],
            notices: [.heartbeatTimeout, .deleteTimeout, .listShowsUnhealthy, .beatRefreshes], phase: .slow, silence),
        Case("a beat makes an unhealthy instance healthy at once", rows: ["S22"], notices: [.beatRevives], phase: .slow)
        {
            s in
            try s.register()
            try await s.list(within: .seconds(25), is: "unhealthy") { $0.map(\.isHealthy) == [false] }
            try s.beat()
            try await s.list(within: .seconds(4), is: "healthy") { $0.map(\.isHealthy) == [true] }
        },
        Case(
            "an instance lives by its own timeouts", rows: ["S23"], notices: [.ownTimeouts, .heartbeatTimeout],
            phase: .slow
        ) { s in
            let began = ContinuousClock.now
            try s.register(timings(1000, 4000, 9000))
            try await s.list(is: "listed") { $0.count == 1 }
            let (unhealthy, gone) = try await lapse(s, since: began, within: .seconds(25))
            try s.expect(unhealthy ?? .zero > .seconds(4), "unhealthy after 4 s, got \(unhealthy ?? .zero)")
            try s.expect(unhealthy ?? .zero < .seconds(4) + lateness(s), "unhealthy soon, got \(unhealthy ?? .zero)")
            try s.expect(gone > .seconds(9) && gone < .seconds(9) + lateness(s), "gone after 9 s, got \(gone)")
        },
        Case(
            "an operator's timeouts win over the instance's own", rows: ["S23"], notices: [.editedTimeouts],
            phase: .slow,
            differs: [.gone("PUT", "instance", "serviceName=old", "ip=10.2.2.2", "port=80")]
        ) { s in
            try s.register(timings(1000, 3000, 4000))
            let reply = try s.ask("PUT", "instance", s.own([timings(1000, 60_000, 90_000)]))
            try s.expect(reply.text == "ok", "ok", got: reply)
            try await s.pause(.seconds(14))
            try s.expect(try s.hosts().map(\.isHealthy) == [true], "still healthy after 14 s")
        },
        Case("timeouts of 3, 6 and 9 ms are taken at their word", rows: ["S4"], notices: [.ownTimeouts], phase: .slow) {
            s in
            try s.register(timings(3, 6, 9))
            if s.kind.isCoarse { try await s.list(within: .seconds(3), is: "one at first") { $0.count == 1 } }
            try s.deregister()
            try s.register(timings(3, 6, 9))
            try await s.pause(.seconds(12))
            try s.expect(try s.hosts().isEmpty, "none after 12 s")
        },
        Case(
            "light beats alone keep two instances and their metadata for 35 s", rows: ["S24"],
            notices: [.beatRefreshes], phase: .slow
        ) { s in
            try s.register("metadata=a=1")
            try s.register("port=81")
            for _ in 0..<7 {
                try s.beat()
                try s.beat(10200, "port=81")
                try await s.pause(.seconds(5))
                try s.expect(try s.hosts().map(\.isHealthy) == [true, true], "both healthy")
            }
            try s.expect(try s.hosts().map(\.metadata) == [["a": "1"], [:]], "the metadata")
        },
        Case(
            "registering again restarts the clock", notices: [.registeringRestartsClock], phase: .slow
        ) { s in
            for pause in [5, 5, 4] {
                try s.register(timings(1000, 8000, 60_000))
                try await s.pause(.seconds(pause))
            }
            try s.expect(try s.hosts().map(\.isHealthy) == [true], "healthy 14 s after the first, 4 s after the last")
        },
        Case(
            "of a full beat the name in the JSON decides who is kept alive", notices: [.nameInsideJSONCounts],
            phase: .slow, nameTrap),
        Case(
            "a persistent instance stays without beats", rows: ["S28"], notices: [.persistentNeverExpires],
            phase: .slow
        ) { s in
            try s.register("ephemeral=false")
            try await s.list(is: "listed") { $0.count == 1 }
            try await s.pause(.seconds(40))
            try s.expect(try s.hosts().count == 1, "still listed after 40 s")
        },
        Case(
            "silence is noticed in rounds of 5 s", notices: [.coarseRounds], phase: .slow,
            only: [.likeNacos, .nacos25, .nacos31]
        ) { s in
            let began = ContinuousClock.now
            try s.register(timings(500, 1000, 2000))
            let gone = try await lapse(s, since: began, within: .seconds(10)).gone
            try s.expect(gone > .seconds(3), "gone with a round, later than the 2 s it asked for; got \(gone)")
        },
        Case("without switches time is exact", phase: .slow, only: [.exact]) { s in
            let began = ContinuousClock.now
            try s.register(timings(1000, 3000, 7000))
            let (unhealthy, gone) = try await lapse(s, since: began, within: .seconds(12))
            guard let unhealthy else { throw Mismatch("wanted it unhealthy before it was gone") }
            let isExact = unhealthy > .seconds(3) && unhealthy < .seconds(4.8)
            // Rounds of 5 s would make it 5 s and 10 s.
            try s.expect(
                isExact && gone > .seconds(7) && gone < .seconds(9.5), "3 s and 7 s, got \(unhealthy) and \(gone)")
        },
        Case(
            "the switch lightBeatEnabled is answered; full beats keep all for 35 s", rows: ["S25"],
            notices: [.lightSwitch], phase: .switching, differs: [.gone("GET", "operator/switches")], lightSwitch),
        Case(
            "the switch clientBeatInterval is answered", notices: [.intervalFromSwitch], phase: .switching,
            differs: [.gone("GET", "operator/switches")]
        ) { s in
            try s.register()
            try turn(s, "clientBeatInterval", to: "7000")
            let interval = Result { try s.beat().json?["clientBeatInterval"]?.int }
            try turn(s, "clientBeatInterval", to: "5000")
            try s.expect(try interval.get() == 7000, "7000")
        },
        Case(
            "a service without instances goes after a while", notices: [.emptyServicesGo], phase: .slow
        ) { s in
            let group = "groupName=G-\(s.service)"
            try s.register(group)
            try s.deregister(group)
            let names = ["pageNo=1", "pageSize=1", group]
            try await s.pause(.seconds(10))
            try s.expect(try s.ask("GET", "service/list", names).json?["count"]?.int == 1, "still there after 10 s")
            for _ in 0..<40 {
                try await s.pause(.seconds(1))
                if try s.ask("GET", "service/list", names).json?["count"]?.int == 0 { return }
            }
            throw Mismatch("wanted the service gone within 50 s")
        },
        Case(
            "an edit outlives its instance, but not for long", notices: [.editsExpire], phase: .slow,
            differs: [.gone("PUT", "instance", "serviceName=old", "ip=10.2.2.2", "port=80")], editsExpire),
    ]

    private static func turn(_ s: Session, _ entry: String, to value: String) throws {
        let reply = try s.ask("PUT", "operator/switches", ["entry=\(entry)", "value=\(value)"])
        try s.expect(reply.status == 200 && reply.text == "ok", "ok", got: reply)
    }

    private static let silence: Steps = { s in
        let last = ContinuousClock.now
        try s.register("clusterName=c1")
        try s.register("port=81")
        var nextBeat = last
        let (unhealthy, gone) = try await lapse(s, since: last, within: .seconds(45)) { s in
            guard nextBeat <= .now else { return }
            nextBeat = .now + .seconds(4)
            try s.beat(10200, "port=81")
        }
        guard let unhealthy else { throw Mismatch("wanted it unhealthy before it was gone") }
        try s.expect(
            unhealthy > .seconds(15) && unhealthy < .seconds(15) + lateness(s), "15 s to 20 s, got \(unhealthy)")
        try s.expect(gone > .seconds(30) && gone < .seconds(30) + lateness(s), "30 s to 35 s, got \(gone)")
        try s.expect(try s.hosts().map(\.isHealthy) == [true], "the other one untouched")
        try s.beat(20404, "clusterName=c1")
        try s.fullBeat(json: s.fullJSON(cluster: "c1"))
        try await s.list(is: "listed again, healthy, in its cluster") { hosts in
            hosts.count == 2 && hosts[0].isHealthy && hosts[0].cluster == "c1"
        }
    }

    private static let nameTrap: Steps = { s in
        let names = [
            80: "\"DEFAULT_GROUP@@\(s.service)\"", 81: "\"\(s.service)\"", 82: "\"DEFAULT_GROUP@@other\"", 83: nil,
        ]
        for port in names.keys { try s.register("port=\(port)", timings(500, 3000, 60_000)) }
        for _ in 0..<20 {
            for (port, name) in names {
                let json = #"{"ip":"\#(s.ip())","port":\#(port)"# + (name.map { #","serviceName":\#($0)"# } ?? "") + "}"
                try s.fullBeat(10200, json: json, "port=\(port)")
            }
            try await s.pause(.milliseconds(500))
        }
        let health = try s.hosts().map(\.isHealthy)
        try s.expect(health == [true, true, false, false], "the wrong and the missing name unhealthy, got \(health)")
    }

    private static let lightSwitch: Steps = { s in
        try s.register("metadata=a=1")
        try s.register("port=81")
        try turn(s, "lightBeatEnabled", to: "false")
        do {
            try s.expect(try s.beat().json?["lightBeatEnabled"]?.bool == false, "false")
            for _ in 0..<7 {
                try s.fullBeat(json: s.fullJSON(metadata: #"{"a":"1"}"#))
                let other = s.fullJSON().replacing("\"port\":80", with: "\"port\":81")
                try s.fullBeat(10200, json: other, "port=81")
                try await s.pause(.seconds(5))
            }
            try s.expect(try s.hosts().map(\.isHealthy) == [true, true], "both healthy")
            try s.expect(try s.hosts().map(\.metadata) == [["a": "1"], [:]], "the metadata")
        } catch {
            try turn(s, "lightBeatEnabled", to: "true")
            throw error
        }
        try turn(s, "lightBeatEnabled", to: "true")
        try s.expect(try s.beat().json?["lightBeatEnabled"]?.bool == true, "true again")
    }

    private static let editsExpire: Steps = { s in
        try s.register("port=81", "ephemeral=true", timings(5000, 300_000, 300_000))
        try s.register()
        let reply = try s.ask("PUT", "instance", s.own(["weight=4"]))
        try s.expect(reply.text == "ok", "ok", got: reply)
        try s.deregister()
        try await s.pause(.seconds(5))
        try s.register()
        try await s.list(is: "weight 4 still") { $0.first?.weight == 4 }
        try s.deregister()
        try await s.pause(.seconds(35))
        try s.register()
        try await s.list(is: "weight 1 again") { $0.count == 2 && $0.first?.weight == 1 }
    }
}
