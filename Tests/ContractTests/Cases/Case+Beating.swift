@testable import DevRegistry

extension Case {
    private static let wordInterval = "preserved.heart.beat.interval=5s"

    static let beating: [Case] = [
        Case("a full beat of a known instance", rows: ["S15"]) { s in
            try s.register()
            let reply = try s.fullBeat()
            let words = #"{"clientBeatInterval":5000,"code":10200,"lightBeatEnabled":true}"#
            try s.expect(reply.text == words, words, got: reply)
        },
        Case("a light beat of a known instance") { s in
            try s.register()
            let reply = try s.beat()
            let words = #"{"clientBeatInterval":5000,"code":10200,"lightBeatEnabled":true}"#
            try s.expect(reply.text == words, words, got: reply)
        },
        Case("the interval in an instance's metadata is answered", rows: ["S16"], notices: [.intervalFromMetadata]) {
            s in
            try s.register("metadata=preserved.heart.beat.interval=10000")
            try s.expect(try s.beat().json?["clientBeatInterval"]?.int == 10000, "10000")
            try s.expect(try s.fullBeat().json?["clientBeatInterval"]?.int == 10000, "10000")
        },
        Case("an interval that is a word is answered with 0", notices: [.wordsAreIntervalZero]) { s in
            try s.register("metadata=\(wordInterval)")
            try s.expect(try s.beat().json?["clientBeatInterval"]?.int == 0, "0")
        },
        Case(
            "a light beat of an unknown instance is 20404 and makes nothing", rows: ["S17"],
            notices: [.lightBeatCreatesNothing, .lightFlagWithNotFound]
        ) { s in
            let words = #"{"clientBeatInterval":5000,"code":20404,"lightBeatEnabled":true}"#
            let reply = try s.beat(20404)
            try s.expect(reply.text == words, words, got: reply)
            try s.register()
            try s.beat(20404, "port=81")
            try await s.settle()
            try s.expect(try s.hosts().map(\.port) == [80], "nothing made")
            try s.deregister()
            try s.beat(20404)
            let bare = try s.ask("PUT", "instance/beat", ["serviceName=\(s.service)"])
            try s.expect(bare.code == 20404, "20404 without an address", got: bare)
        },
        Case("a full beat of an unknown instance makes it", rows: ["S18"], notices: [.fullBeatCreates]) { s in
            let json = s.fullJSON(weight: "2.5", metadata: #"{"from":"beat"}"#, cluster: "c1")
            let reply = try s.fullBeat(json: json)
            let words = #"{"clientBeatInterval":5000,"code":10200,"lightBeatEnabled":true}"#
            try s.expect(reply.text == words, words, got: reply)
            try await s.list(is: "weight, cluster and metadata of the JSON") { hosts in
                hosts.count == 1 && hosts[0].weight == 2.5 && hosts[0].cluster == "c1"
                    && hosts[0].metadata == ["from": "beat"]
            }
            try s.deregister()
            try s.fullBeat(json: json)
            try await s.settle()
            try s.expect(try s.hosts().count == 1, "back after a goodbye: a beat in flight brings it back")
        },
        Case(
            "what the JSON of a full beat leaves out: weight 0, the cluster of the parameter", rows: ["S19"],
            notices: [.missingWeightIsZero, .missingClusterFromParameter]
        ) { s in
            let thin = #"{"ip":"\#(s.ip())","port":80,"serviceName":"DEFAULT_GROUP@@\#(s.service)"}"#
            try s.fullBeat(10200, json: thin, "clusterName=c7")
            try await s.list(is: "weight 0 in c7") { $0.map(\.weight) == [0] && $0.map(\.cluster) == ["c7"] }
            let other = #"{"ip":"\#(s.ip(2))","port":80,"serviceName":"DEFAULT_GROUP@@\#(s.service)"}"#
            try s.fullBeat(10200, json: other, "ip=\(s.ip(2))")
            try await s.list(is: "another in DEFAULT") { $0.last?.cluster == "DEFAULT" && $0.last?.weight == 0 }
        },
        Case("the address inside the JSON counts", notices: [.addressInsideJSONCounts]) { s in
            try s.fullBeat(10200, json: s.fullJSON(), "ip=\(s.ip(9))", "port=99")
            try await s.list(is: "the address of the JSON") { $0.map(\.ip) == [s.ip()] && $0.map(\.port) == [80] }
        },
        Case("a beat changes neither weight nor metadata", notices: [.beatChangesNothing]) { s in
            try s.register("weight=3", "metadata=a=1")
            try s.fullBeat(json: s.fullJSON(weight: "7.0", metadata: #"{"new":"1"}"#))
            try await s.settle()
            try s.expect(try s.hosts().map(\.weight) == [3], "weight 3")
            try s.expect(try s.hosts().map(\.metadata) == [["a": "1"]], "the old metadata")
        },
        Case("a beat that names another cluster counts all the same", notices: [.beatIgnoresCluster]) { s in
            try s.register("clusterName=c1")
            try s.beat(10200, "clusterName=c2")
            try s.fullBeat(json: s.fullJSON(cluster: "c3"))
            try await s.settle()
            try s.expect(try s.hosts().map(\.cluster) == ["c1"], "still one, in c1")
        },
        Case("the JSON of a beat may come in the query") { s in
            let reply = try s.ask("PUT", "instance/beat", ["serviceName=\(s.service)", "beat=\(s.fullJSON())"])
            try s.expect(reply.code == 10200, "10200", got: reply)
            try await s.list(is: "one") { $0.count == 1 }
        },
        Case("a beat that is no JSON is a 500", notices: [.beatMustBeJSON]) { s in
            for beat in ["hello", "{oops"] {
                let reply = try s.ask("PUT", "instance/beat", s.own([]), form: ["beat=\(beat)"])
                try s.expect(reply.status == 500, "500", got: reply)
                let message = reply.json?["message"]?.string ?? ""
                try s.expect(message.hasPrefix("Server failed, caused: errCode: 101"), "Spring's JSON", got: reply)
            }
        },
        Case("a beat without a service name is a 400") { s in
            let reply = try s.ask("PUT", "instance/beat", ["ip=\(s.ip())", "port=80"])
            try s.expect(reply.status == 400, "400", got: reply)
            try s.expect(reply.text == "Param 'serviceName' is required.", "its words", got: reply)
        },
        Case("a persistent instance knows no beats") { s in
            try s.register("ephemeral=false")
            try s.beat(20404)
            let reply = try s.ask("PUT", "instance/beat", s.own([]), form: ["beat=\(s.fullJSON())"])
            try s.expect(reply.status == 400 && reply.text.contains("is persistent service"), "400", got: reply)
            try s.deregister()
            try await s.settle()
            try s.expect(try s.hosts().count == 1, "still there after an ephemeral goodbye")
            try s.deregister("ephemeral=false")
            try await s.list(is: "nobody") { $0.isEmpty }
        },
    ]
}
