import Glibc
import Linux
import TestSupport
import Testing

/// P6: the registry's trouble is not the service's.
@Suite struct RegistryTroubleTests {
    /// How a registry goes wrong, and what `lastError` must say of it.
    struct Trouble {
        let habit: OddRegistry.Habit
        var text = ""
        let says: [String]

        static func answer(_ status: String, _ body: String, says: String...) -> Trouble {
            Trouble(
                habit: .text, text: "HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)",
                says: says)
        }
    }

    /// Every one of them leaves the entry to lapse: what beatd says must become `registering`, never `up` for ever.
    static let troubles: [Trouble] = [
        Trouble(habit: .hang, says: ["no answer in time"]),
        Trouble(habit: .close, says: ["clos", "reset"]),
        Trouble(habit: .reset, says: ["reset"]),
        Trouble(habit: .end, says: ["clos"]),
        Trouble(habit: .flood, says: ["large", "long", "more than", "bytes", "KiB"]),
        Trouble(habit: .text, text: "\r\n\r\nnonsense\u{7}\r\n\r\n", says: ["HTTP", "answer"]),
        .answer("500 Internal Server Error", "caused by: java.lang.NullPointerException", says: "500"),
        .answer("200 OK", "<html><body>Welcome to nginx!</body></html>", says: "<html>"),
        .answer("200 OK", "", says: "an empty answer"),
        .answer("200 OK", #"{"code":30000,"clientBeatInterval":500}"#, says: "30000"),
        .answer("403 Forbidden", "authorization failed!", says: "403"),
    ]

    /// A registry in trouble, and a beatd of its own that guards one live process.
    private final class Scene {
        let trouble: Trouble
        let registry: OddRegistry
        let agent: Agent
        let process: TestProcess
        /// How many requests there were at some time.
        var mark = 0

        init(_ trouble: Trouble) throws {
            self.trouble = trouble
            registry = try OddRegistry()
            agent = try Agent(registry: registry.address)
            process = try TestProcess.idle()
            try agent.folder.write("\(process.pid)\n", to: "a.pid")
            try agent.drop(
                """
                service: a
                port: 9
                address: 127.0.0.1
                beat: { interval: 500ms, timeout: 1s, delete-after: 2s }
                probes: [{ pidfile: { path: \(agent.folder.path("a.pid")), interval: 500ms } }]

                """, as: "a.yaml")
        }
    }

    @Test func `P6: whatever a registry does the process counts as alive, the phase is true, and it recovers`() throws {
        let scenes = try Self.troubles.map { try Scene($0) }
        for scene in scenes {
            try scene.agent.wait { $0["a"]?.lastBeat?.outcome == "accepted" }
            try scene.registry.turn(scene.trouble.habit, text: scene.trouble.text)
        }
        for scene in scenes {
            // Not up for longer than delete-after without an accepted beat.
            let status = try scene.agent.wait { $0["a"]?.phase == "registering" }
            #expect(status["a"]?.probes.allSatisfy { $0.outcome == "alive" } == true)
            let error = try #require(status.registry.lastError)
            #expect(scene.trouble.says.contains { error.contains($0) }, "\(error)")
            #expect(!error.contains("\u{7}"))
            #expect(error.utf8.count < 500)
        }
        // Each is asked on, and not in a flood: at most five writes a second, and what was under way.
        let began = Clocks.boot()
        for scene in scenes { scene.mark = scene.registry.requests.count }
        for scene in scenes { try eventually { scene.registry.requests.count > scene.mark } }
        for scene in scenes {
            let count = scene.registry.requests.count - scene.mark
            #expect(Double(count) < 10 + 10 * Double(Clocks.boot() - began) / 1e9)
            try scene.registry.turn(.good)
        }
        for scene in scenes {
            try scene.agent.wait { $0["a"]?.phase == "up" && $0.registry.reachable && $0.registry.lastError == nil }
        }
    }

    @Test func `P6: a registry that is down at start is waited for, and then every live instance is there`() throws {
        let registry = try Registry(isStarted: false)
        let agent = try Agent(registry: registry.address)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.phase("registering", of: "billing")
        let status = try agent.wait { $0.registry.lastError != nil }
        #expect(!status.registry.reachable)
        #expect(status.registry.lastError?.contains("refused") == true, "\(status.registry)")
        try agent.waitLog("Registry does not answer")
        try registry.start()
        try registry.beats("billing", 1)
        try agent.waitLog("Registry accepts")
        #expect(try registry.requests("billing").first?.kind == .register)
    }

    @Test func `P6: a slow registry costs nothing but time`() throws {
        let registry = try OddRegistry(.slow)
        let agent = try Agent(registry: registry.address)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop(
            "billing", guarding: service, beat: "interval: 1500ms, timeout: 10s, delete-after: 20s")
        try agent.wait { ($0["billing"]?.beats ?? 0) >= 2 }
        let status = try agent.status()
        #expect(status["billing"]?.phase == "up")
        #expect(status.registry.lastError == nil, "\(status.registry)")
        #expect(registry.requests.count { $0.hasPrefix("POST") } == 1)
    }

    @Test func `P6: three odd answers in a row to beats mean register again`() throws {
        let registry = try OddRegistry()
        let agent = try Agent(registry: registry.address)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try agent.wait { $0["billing"]?.lastBeat?.outcome == "accepted" }
        let before = registry.requests.count
        try registry.turn(.text, text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        try eventually { registry.requests.dropFirst(before).contains { $0.hasPrefix("POST") } }
        let beats = registry.requests.dropFirst(before).prefix { !$0.hasPrefix("POST") }
        // Some may have been answered rightly between the count and the turn.
        #expect((3...10).contains(beats.count), "\(beats)")
        #expect(try agent.status()["billing"]?.lastBeat?.outcome == "refused")
    }

    @Test func `A2 P6: an interval out of bounds neither floods the registry nor loses the lease`() throws {
        let intervals = ["0", "1", "-5", "\"soon\"", "60000", "99999999999999999999"]
        let scenes = try intervals.map { interval in
            let body = #"{"clientBeatInterval":\#(interval),"code":10200,"lightBeatEnabled":true}"#
            return try Scene(.answer("200 OK", body))
        }
        for scene in scenes {
            try scene.agent.wait { $0["a"]?.lastBeat?.outcome == "accepted" }
            try scene.registry.turn(.text, text: scene.trouble.text)
        }
        let began = Clocks.boot()
        for scene in scenes { scene.mark = scene.registry.requests.count }
        for (scene, interval) in zip(scenes, intervals) {
            // Out of bounds below: the 500 ms of the file; above: half of its time-out of 1 s, which is the same.
            try eventually { scene.registry.requests.count >= scene.mark + 4 }
            let count = scene.registry.requests.count - scene.mark
            #expect(Double(count) < 5 + 4 * Double(Clocks.boot() - began) / 1e9, "\(interval)")
            let status = try scene.agent.wait { $0["a"]?.phase == "up" && $0["a"]?.lastBeat?.outcome == "accepted" }
            #expect(try #require(status["a"]?.nextBeatIn) < 0.6, "\(interval)")
        }
    }
}
