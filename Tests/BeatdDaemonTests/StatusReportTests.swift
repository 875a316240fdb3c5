import BeatdCore
import Testing

import struct FoundationEssentials.Date

@testable import BeatdDaemon

@Suite struct StatusReportTests {
    private let descriptor = InstanceDescriptor(
        name: "billing", file: "billing.yaml",
        service: ServiceKey(namespace: "public", group: "DEFAULT_GROUP", service: "billing"), port: 9100,
        address: .literal("10.0.3.7"), probes: [ProbeSpec(target: Target(kind: .tcp(host: "127.0.0.1", port: 9100)))])

    private func report(_ sighting: ConnectSighting?, wasAlive: Bool = true) -> StatusReport {
        let now = Instant(nanoseconds: 100_000_000_000)
        var heart = BeatReactor(settings: Settings(), at: now)
        var effects = Effects()
        let broken = Rejection(
            name: "broken", file: "broken.yaml", line: 3, key: "prot", error: "unknown key 'prot'\u{1b}")
        var state = RememberedState()
        if wasAlive { state.wereAlive = ["billing"] }
        heart.handle(.restored(state), at: now, into: &effects)
        heart.handle(.descriptors(DescriptorSet(accepted: [descriptor], rejected: [broken])), at: now, into: &effects)
        for case .look(let orders) in effects.list {
            guard let sighting else { continue }
            let reports = orders.map {
                SightingReport(order: $0.id, began: now, ended: now + .milliseconds(2), seen: .tcp(sighting))
            }
            heart.handle(.saw(reports), at: now + .milliseconds(2), into: &effects)
        }
        let source = StatusReport.Source(
            names: { heart.report.names + ["gone"] }, instance: { heart.report.instance($0) },
            summary: { heart.report.summary }, rejected: { heart.report.rejected },
            now: { now })
        return StatusReport(
            version: "0.1.0", pid: 4711, startedAt: now, ready: heart.isReady, registry: heart.report.registry,
            problem: nil, calendar: Calendar(wall: 1_790_000_100_000_000_000, now: now), source: source)
    }

    /// All pieces of it, one after the other.
    private func json(_ report: StatusReport) -> [UInt8] {
        var pieces = report.pieces
        return Array(sequence(state: ()) { _ in pieces.next() }.joined())
    }

    @Test func `before the first look what is unknown is null`() {
        let text = String(decoding: json(report(nil)), as: UTF8.self)
        #expect(text.contains("\"outcome\":null,\"reason\":null,\"at\":null,\"duration\":null"))
        #expect(text.contains("\"process\":null,\"inSync\":null"))
        #expect(text.contains("\"lastBeat\":null,\"nextBeatIn\":null,\"beats\":0,\"pending\":null,\"rejection\":null"))
        #expect(
            text.contains(
                "\"registry\":{\"api\":null,\"server\":\"http://127.0.0.1:8848\",\"state\":\"unknown\",\"reachable\":false,"
                    + "\"lastError\":null,\"servers\":[{\"url\":\"http://127.0.0.1:8848\",\"api\":null,"
                    + "\"state\":\"unknown\",\"lastError\":null}]}"
            ))
        #expect(text.contains("\"startedAt\":\"2026-09-21T14:15:00.000Z\""))
    }

    @Test func `a refused file stands in both lists, with null fields and without control characters`() {
        let text = String(decoding: json(report(nil)), as: UTF8.self)
        #expect(text.contains("{\"name\":\"broken\",\"file\":\"broken.yaml\",\"namespace\":null"))
        #expect(
            text.contains(
                "{\"file\":\"broken.yaml\",\"line\":3,\"key\":\"prot\",\"error\":\"unknown key 'prot'\\u001b\"}"))
        #expect(!text.unicodeScalars.contains("\u{1b}"))
    }

    @Test func `the line for systemd counts phases and names the first trouble`() {
        let line = report(.refused).line
        #expect(line.hasPrefix("1 down (billing: 127.0.0.1:9100: connection refused), 1 rejected, "))
        #expect(line.hasSuffix("registry not asked yet"))
        #expect(report(.refused, wasAlive: false).line.hasPrefix("1 waiting, 1 rejected (broken: unknown key 'prot'"))
    }

    @Test func `the table reads back what the JSON says, and is well only when all is up`() throws {
        let report = report(.refused)
        let view = try #require(StatusView.decode(json(report)))
        #expect(!view.isWell)
        let later = Date(timeIntervalSince1970: 1_790_000_100 + 190)
        let lines = view.table(width: nil, at: later).split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "NAME     PHASE     SERVICE  ADDRESS        SINCE  REASON",
                "billing  down      billing  10.0.3.7:9100  3 min  127.0.0.1:9100: connection refused",
                "broken   rejected  -        -              3 min  line 3: unknown key 'prot'\u{1b}",
                "registry http://127.0.0.1:8848: not asked yet",
            ], "what has a row isn't said again")
        let short: [Substring] = view.table(width: 40, at: later).split(separator: "\n")
        #expect(short.prefix(3).allSatisfy { $0.count <= 40 })
    }

    @Test(arguments: [
        (0.4, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (172_799, "47 h"),
        (172_800, "2 d"), (-5, "0 s"),
    ])
    func `what is ago is said in one unit`(_ seconds: Double, _ text: String) {
        let now = Date(timeIntervalSince1970: 1_790_000_100 + seconds)
        #expect(Age.text(since: "2026-09-21T14:15:00.000Z", at: now) == text)
        #expect(Age.text(since: "soon", at: now) == "soon")
    }

    @Test(arguments: [
        (["b*"], ["billing", "broken"]), (["br*", "nobody"], ["broken"]), (["billing"], ["billing"]), (["[x-z]*"], []),
        (["?roken", "billing"], ["billing", "broken"]),
    ])
    func `a report of some holds these alone`(_ patterns: [String], _ names: [String]) throws {
        let view = try #require(StatusView.decode(json(report(nil).of(patterns))))
        #expect(view.instances.map(\.name) == names)
        #expect(view.rejected.map(\.file) == (names.contains("broken") ? ["broken.yaml"] : []))
    }

    @Test func `the details of one instance read back what its JSON says`() throws {
        let report = report(.refused)
        let instances = report.source.names().compactMap(report.source.instance).map { report.json(of: $0) }
        let views = try instances.map { try #require(InstanceView.decode($0)) }
        #expect(views.map(\.name) == ["billing", "broken"])
        let later = Date(timeIntervalSince1970: 1_790_000_100 + 65)
        let details = views[0].details(at: later)
        #expect(details.hasPrefix("billing: down, 127.0.0.1:9100: connection refused\n"))
        #expect(details.contains("  service  billing, group DEFAULT_GROUP, namespace public\n"))
        #expect(details.contains("  probe    tcp 127.0.0.1:9100: gone 64 s ago; 127.0.0.1:9100: connection refused\n"))
        #expect(details.contains("  since    65 s (2026-09-21T14:15:00.000Z)\n"))
        #expect(details.contains("  beats    0 accepted, none said yet\n"))
        #expect(views[1].details(at: later).hasPrefix("broken: rejected, unknown key 'prot'"))
        #expect(!views[1].details(at: later).contains("  refused  "), "once is enough")
        #expect(!views[1].isWell)
    }

    @Test func `each instance is a piece of its own, as it is when it is asked for`() {
        var report = report(.refused)
        let instance = report.source.instance
        var asked: [String] = []
        report.source.instance = {
            asked.append($0)
            return instance($0)
        }
        var pieces = report.pieces
        let head = pieces.next() ?? []
        #expect(String(decoding: head, as: UTF8.self).hasSuffix("\"instances\":["))
        #expect(asked.isEmpty)
        #expect(String(decoding: pieces.next() ?? [], as: UTF8.self).hasPrefix("{\"name\":\"billing\""))
        #expect(asked == ["billing"])
        #expect(String(decoding: pieces.next() ?? [], as: UTF8.self).hasPrefix(",{\"name\":\"broken\""))
        // What is gone by now is left out.
        #expect(pieces.next() == Array("]".utf8))
        #expect(pieces.next()?.last == UInt8(ascii: "}"))
        #expect(pieces.next() == nil)
        #expect(pieces.next() == nil)
    }
}
