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
        var registry = Samples.registry(.ok)
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
                    load: { [unowned self] then in
                        if let trouble { then(.failure(trouble)) } else { then(.success(configuration)) }
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

        func request(wait: Duration? = nil, isGone: @escaping () -> Bool = { false }) {
            reloads?.request(
                for: Reloads.Asker(wait: wait, isGone: isGone) { [unowned self] in answers.append($0) })
        }
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
        scene.statuses = ["a": Samples.status("a", .waiting, nil)]
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

    @Test func `who went away while waiting makes room for others`() throws {
        let scene = try Scene()
        scene.statuses = ["a": Samples.status("a", .waiting)]
        var isGone = false
        for _ in 0..<Reloads.mostAskers { scene.request(wait: .seconds(3600)) { isGone } }
        scene.end(applied: ["a"])
        scene.end(applied: ["a"])
        scene.request()
        #expect(scene.answers.count == 1, "too many")
        isGone = true
        scene.request()
        scene.end()
        #expect(scene.results.map { $0 != nil } == [false, true])
    }

    @Test func `a broken beatd yaml is refused each time, and the folder is read as it was set before`() throws {
        let scene = try Scene()
        scene.configuration.descriptors.directory = "/other"
        scene.request()
        scene.end()
        let error = InputError(.line(3, file: "/etc/beatd/beatd.yaml"), key: "prot", "unknown key")
        scene.trouble = .refused(error, all: [error])
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
        let old = Samples.rejection("old")
        let new = Samples.rejection("new")
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
        scene.statuses = ["a": Samples.status("a", .up), "twin": Samples.status("twin", .rejected)]
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
        scene.statuses = ["a": Samples.status("a", .up), "b": Samples.status("b", .waiting, nil)]
        scene.request(wait: .seconds(60))
        scene.end(applied: ["a", "b", "gone"])
        #expect(scene.answers.isEmpty)
        scene.statuses["b"] = Samples.status("b", .registering)
        try turn(scene.loop, for: .milliseconds(250))
        #expect(scene.answers.isEmpty)
        scene.statuses["b"] = Samples.status("b", .up)
        try turn(scene.loop) { !scene.answers.isEmpty }
        #expect(scene.results.last??.notUp == [])
        #expect(scene.results.last??.applied == ["a", "b", "gone"])
    }

    @Test func `what says why it is not up is waited for no longer`() throws {
        let scene = try Scene()
        var nowhere = Samples.status("nowhere", .waiting)
        nowhere.ip = nil
        let all = [
            Samples.status("down", .down), Samples.status("dead", .waiting, .gone), nowhere,
            Samples.status("alive", .registering),
        ]
        scene.statuses = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
        scene.registry = Samples.registry(.unreachable, "refused")
        scene.request(wait: .seconds(60))
        scene.end(applied: all.map(\.name))
        let laggards = try #require(scene.results.last??.notUp)
        #expect(laggards.map(\.name) == all.map(\.name))
        #expect(laggards.map(\.phase) == ["down", "waiting", "waiting", "registering"])
        #expect(laggards.last?.reason == "because (refused)")
    }

    @Test func `a wait ends at its limit, and says what was not up then`() throws {
        let scene = try Scene()
        var pending = Samples.status("pending", .up)
        pending.pending = "the new version waits for its probes"
        scene.statuses = ["pending": pending, "warm": Samples.status("warm", .waiting)]
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
}
