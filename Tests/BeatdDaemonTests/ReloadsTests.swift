import BeatdHost
import Systemd
import TestSupport
import Testing

@testable import BeatdCore
@testable import BeatdDaemon

/// How reloads follow each other, and what each says.
@Suite struct ReloadsTests {
    /// A daemon whose readings end when a test says so.
    private final class Scene {
        let loop: EventLoop
        /// Readings under way, in order.
        var readings: [(DescriptorReport) -> Void] = []
        var settings: [DescriptorSettings] = []
        var rejected: [Rejection] = []
        var problem: String?
        var trouble: ConfigurationSource.Trouble?
        var configuration = AgentConfiguration()
        var statuses: [String: InstanceStatus] = [:]
        var registry = RegistryStatus(api: nil, server: nil, reachable: true, lastError: nil)
        var isReady = true
        /// What systemd would hear.
        var told: [String] = []
        var answers: [Reloads.Outcome] = []
        private var reloads: Reloads?

        init() throws {
            loop = try EventLoop()
            reloads = try Reloads(
                loop: loop, file: "/etc/beatd/beatd.yaml", descriptors: DescriptorSettings(),
                daemon: Reloads.Daemon(
                    load: { [unowned self] () throws(ConfigurationSource.Trouble) in
                        if let trouble { throw trouble }
                        return configuration
                    },
                    apply: { $0.unchangeable(from: AgentConfiguration()) },
                    rescan: { [unowned self] in
                        settings.append($0)
                        readings.append($1)
                    },
                    rejected: { [unowned self] in rejected }, problem: { [unowned self] in problem },
                    registry: { [unowned self] in registry }, status: { [unowned self] in statuses[$0] },
                    isReady: { [unowned self] in isReady }, began: { [unowned self] in told.append("RELOADING") },
                    ended: { [unowned self] in if $1 { told.append("READY") } }))
        }

        func request(wait: Duration? = nil) { reloads?.request(wait: wait) { [unowned self] in answers.append($0) } }
        func signal() { reloads?.request() }
        func stop() { reloads?.stop() }

        /// Ends the oldest reading.
        func end(applied: [String] = [], newlyRejected: [Rejection] = []) {
            let names = applied.filter { statuses[$0] != nil }
            let accepted = names.map { name in
                InstanceDescriptor(
                    name: name, file: "\(name).yaml",
                    service: ServiceKey(namespace: "public", group: "DEFAULT_GROUP", service: name), port: 1, probes: []
                )
            }
            let files = rejected.filter { $0.name?.hasPrefix("twin") != true }
            readings.removeFirst()(
                DescriptorReport(
                    set: DescriptorSet(accepted: accepted, rejected: files), applied: applied,
                    newlyRejected: newlyRejected))
        }

        /// The results so far; nil for who was refused.
        var results: [ReloadResult?] {
            answers.map { if case .done(let result) = $0 { result } else { nil } }
        }
    }

    private static func rejection(_ name: String, _ error: String = "wrong") -> Rejection {
        Rejection(name: name, file: "\(name).yaml", line: 2, key: "port", error: error)
    }

    private static func status(_ name: String, _ phase: Phase, _ outcome: Outcome? = .alive) -> InstanceStatus {
        let look = outcome.map {
            Look(began: Instant(nanoseconds: 0), ended: Instant(nanoseconds: 1), outcome: $0, reason: "because")
        }
        return InstanceStatus(
            name: name, file: "\(name).yaml", descriptor: nil, ip: "127.0.0.1", phase: phase, reason: "because",
            since: Instant(nanoseconds: 0), process: nil,
            probes: [InstanceStatus.Probe(kind: "tcp", target: "1", look: look)], lastBeat: nil, nextBeat: nil,
            beats: 0, pending: nil, rejection: nil)
    }

    @Test func `who asks during a reload gets the next one, all together, and each reload is told from end to end`()
        throws
    {
        let scene = try Scene()
        scene.request()
        scene.request()
        scene.signal()
        scene.request()
        #expect(scene.readings.count == 1)
        scene.end(applied: ["a"])
        #expect(scene.results.map(\.?.applied) == [["a"]])
        #expect(scene.readings.count == 1)
        scene.end(applied: ["b"])
        #expect(scene.results.map(\.?.applied) == [["a"], ["b"], ["b"]])
        #expect(scene.readings.isEmpty)
        #expect(scene.told == ["RELOADING", "READY", "RELOADING", "READY"])
    }

    @Test func `a reload before READY does not say READY`() throws {
        let scene = try Scene()
        scene.isReady = false
        scene.request()
        scene.isReady = true
        scene.end()
        #expect(scene.results.count == 1)
        #expect(scene.told.isEmpty)
    }

    @Test func `a stop answers everyone, and nothing is read or told after it`() throws {
        let scene = try Scene()
        scene.statuses = ["a": Self.status("a", .waiting, nil)]
        scene.request(wait: .seconds(60))
        scene.end(applied: ["a"])
        scene.request()
        scene.request()
        scene.stop()
        scene.request()
        scene.signal()
        #expect(scene.answers.count == 4)
        #expect(scene.results.allSatisfy { $0 == nil })
        scene.end()
        #expect(scene.told == ["RELOADING", "READY", "RELOADING"])
        #expect(scene.readings.isEmpty)
    }

    @Test func `those who wait are bounded in number`() throws {
        let scene = try Scene()
        for _ in 0...Reloads.mostAskers { scene.request() }
        guard scene.answers.count == 1, case .tooMany = scene.answers[0] else {
            Issue.record("\(scene.answers)")
            return
        }
        scene.end()
        scene.end()
        #expect(scene.answers.count == Reloads.mostAskers + 1)
    }

    @Test func `a broken beatd yaml is refused each time, and the folder is read as it was set before`() throws {
        let scene = try Scene()
        scene.configuration.descriptors.directory = "/other"
        scene.request()
        scene.end()
        scene.trouble = .refused(InputError(.line(3, file: "/etc/beatd/beatd.yaml"), key: "prot", "unknown key"))
        for _ in 0..<2 {
            scene.request()
            scene.end()
            let refused = scene.results.last??.refused
            #expect(
                refused == [Rejection(name: nil, file: "beatd.yaml", line: 3, key: "prot", error: "unknown key")])
        }
        scene.trouble = nil
        scene.request()
        scene.end()
        #expect(scene.results.last??.refused == [])
        #expect(scene.settings.map(\.directory) == ["/other", "/other", "/other", "/other"])
    }

    @Test func `what was refused before is still refused, in a new version it is refused again`() throws {
        let scene = try Scene()
        let old = Self.rejection("old")
        let new = Self.rejection("new")
        scene.rejected = [old]
        scene.request()
        scene.rejected = [old, new]
        scene.end(newlyRejected: [new])
        #expect(scene.results.last??.refused == [new])
        #expect(scene.results.last??.stillRefused == [old])
        scene.request()
        scene.end(newlyRejected: [old])
        #expect(scene.results.last??.refused == [old], "the same mistake in a new version")
        scene.request()
        scene.rejected[0].error = "wrong under the new defaults"
        scene.end()
        #expect(scene.results.last??.refused.map(\.file) == ["old.yaml"], "another reason is no older refusal")
    }

    @Test func `a twin is refused, not applied; so is a folder that can't be read`() throws {
        let scene = try Scene()
        scene.statuses = ["a": Self.status("a", .up), "twin": Self.status("twin", .rejected)]
        scene.request()
        scene.rejected = [Rejection(name: "twin", file: "twin.yaml", error: "describes the same instance as a.yaml")]
        scene.end(applied: ["a", "twin"])
        #expect(scene.results.last??.applied == ["a"])
        #expect(scene.results.last??.refused.map(\.file) == ["twin.yaml"])
        scene.request()
        scene.problem = "there is no folder"
        scene.end()
        #expect(scene.results.last??.refused.map(\.error) == ["there is no folder"])
        scene.request()
        scene.end()
        #expect(scene.results.last??.refused == [])
        #expect(scene.results.last??.stillRefused.count == 2)
    }

    // MARK: --wait

    @Test func `who waits is answered when the last that changed is up`() throws {
        let scene = try Scene()
        scene.statuses = ["a": Self.status("a", .up), "b": Self.status("b", .waiting, nil)]
        scene.request(wait: .seconds(60))
        scene.end(applied: ["a", "b", "gone"])
        #expect(scene.answers.isEmpty)
        scene.statuses["b"] = Self.status("b", .registering)
        try turn(scene.loop, for: .milliseconds(250))
        #expect(scene.answers.isEmpty)
        scene.statuses["b"] = Self.status("b", .up)
        try turn(scene.loop) { !scene.answers.isEmpty }
        #expect(scene.results.last??.notUp == [])
        #expect(scene.results.last??.applied == ["a", "b", "gone"])
    }

    @Test func `what says why it is not up is waited for no longer`() throws {
        let scene = try Scene()
        var nowhere = Self.status("nowhere", .waiting)
        nowhere.ip = nil
        let all = [
            Self.status("down", .down), Self.status("dead", .waiting, .gone), nowhere,
            Self.status("alive", .registering),
        ]
        scene.statuses = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
        scene.registry = RegistryStatus(api: nil, server: nil, reachable: false, lastError: "refused")
        scene.request(wait: .seconds(60))
        scene.end(applied: all.map(\.name))
        let laggards = try #require(scene.results.last??.notUp)
        #expect(laggards.map(\.name) == all.map(\.name))
        #expect(laggards.map(\.phase) == ["down", "waiting", "waiting", "registering"])
        #expect(laggards.last?.reason == "because (refused)")
    }

    @Test func `a wait ends at its limit, and says what was not up then`() throws {
        let scene = try Scene()
        var pending = Self.status("pending", .up)
        pending.pending = "the new version waits for its probes"
        scene.statuses = ["pending": pending, "warm": Self.status("warm", .waiting)]
        scene.request(wait: .milliseconds(150))
        scene.end(applied: ["pending", "warm"])
        #expect(scene.answers.isEmpty)
        try turn(scene.loop) { !scene.answers.isEmpty }
        let expected = [
            ReloadResult.Laggard(name: "pending", phase: "up", reason: "the new version waits for its probes"),
            ReloadResult.Laggard(name: "warm", phase: "waiting", reason: "because"),
        ]
        #expect(scene.results.last??.notUp == expected)
    }

    @Test func `thousands of changes are looked at some in each turn`() throws {
        let names = (0..<1000).map { "n\($0)" }
        let report = DescriptorReport(
            set: DescriptorSet(
                accepted: names.map {
                    InstanceDescriptor(
                        name: $0, file: $0, service: ServiceKey(namespace: "", group: "", service: $0), port: 1,
                        probes: [])
                }), applied: names)
        let result = ReloadResult(report, before: [], now: [], configuration: nil)
        var wait = ReloadWait(result, until: Instant(nanoseconds: 10))
        var looks = 0
        var turns = 1
        let registry = RegistryStatus(api: nil, server: nil, reachable: true, lastError: nil)
        while true {
            let before = looks
            let step = wait.look(at: Instant(nanoseconds: 0), registry: registry) {
                looks += 1
                return Self.status($0, .up)
            }
            #expect(looks - before <= ReloadWait.mostPerTurn)
            guard case .more = step else { break }
            turns += 1
        }
        #expect(looks == names.count)
        #expect(turns == 4)
        #expect(wait.result.notUp == [])
    }

    @Test func `the answer's JSON is that of the contract, and what the command reads`() throws {
        var result = ReloadResult(
            DescriptorReport(set: DescriptorSet(), applied: ["a"]), before: [Self.rejection("old")],
            now: [Self.rejection("old"), Self.rejection("new")], configuration: nil)
        result.unchangeable = ["control-socket"]
        #expect(
            String(decoding: result.json, as: UTF8.self)
                == #"{"applied":["a"],"refused":[{"file":"new.yaml","line":2,"key":"port","error":"wrong"}],"#
                + #""stillRefused":[{"file":"old.yaml","line":2,"key":"port","error":"wrong"}],"#
                + #""unchangeable":["control-socket"]}"#)
        result.notUp = [ReloadResult.Laggard(name: "a", phase: "down", reason: "no process 12")]
        let view = try #require(ReloadView.decode(result.json))
        #expect(
            view.text == """
                applied a
                still refused old.yaml:2: wrong
                needs a restart: control-socket
                not up a: down, no process 12

                """)
        #expect(view.refused.map(\.text) == ["new.yaml:2: wrong"])
    }
}
