import BeatdHost
import Testing

@testable import BeatdCore
@testable import BeatdDaemon

/// What a reload says, and how many instances are looked at for it.
@Suite struct ReloadResultTests {
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
        let registry = Samples.registry(.ok)
        while true {
            let before = looks
            let step = wait.look(at: Instant(nanoseconds: 0), registry: registry) {
                looks += 1
                return Samples.status($0, .up)
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
            DescriptorReport(set: DescriptorSet(), applied: ["a"]), before: [Samples.rejection("old")],
            now: [Samples.rejection("old"), Samples.rejection("new")], configuration: nil)
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

/// Refusals and statuses that tests of reloads are about.
enum Samples {
    static func rejection(_ name: String, _ error: String = "wrong") -> Rejection {
        Rejection(name: name, file: "\(name).yaml", line: 2, key: "port", error: error)
    }

    static func registry(_ state: RegistryState, _ error: String? = nil) -> RegistryStatus {
        RegistryStatus(
            servers: [RegistryStatus.Server(server: Server(), api: nil, state: state, lastError: error)], inUse: 0)
    }

    static func status(_ name: String, _ phase: Phase, _ outcome: Outcome? = .alive) -> InstanceStatus {
        let look = outcome.map {
            Look(began: Instant(nanoseconds: 0), ended: Instant(nanoseconds: 1), outcome: $0, reason: "because")
        }
        return InstanceStatus(
            name: name, file: "\(name).yaml", descriptor: nil, ip: "127.0.0.1", phase: phase, reason: "because",
            since: Instant(nanoseconds: 0), process: nil,
            probes: [InstanceStatus.Probe(kind: "tcp", target: "1", look: look)], lastBeat: nil, nextBeat: nil,
            beats: 0, pending: nil, rejection: nil)
    }
}
