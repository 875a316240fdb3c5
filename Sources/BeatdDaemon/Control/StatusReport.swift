import BeatdCore
import Linux

/// The status of the whole daemon, and its JSON (contract 7).
struct StatusReport {
    var version: String
    var pid: Int32
    var startedAt: Instant
    var ready: Bool
    var registry: RegistryStatus
    /// What is wrong with the folder of descriptors as a whole; nil while it is read.
    var problem: String?
    /// What works less well than it should, one sentence each.
    var attention: [String] = []
    var calendar: Calendar
    /// Asked when they are written: of 10,000 instances the last is written later than the first.
    var source: Source

    /// Where a report has from what may be much.
    struct Source {
        /// NAMEs of all instances, sorted.
        var names: () -> [String]
        /// What one of them does now; nil where it is gone by now.
        var instance: (String) -> InstanceStatus?
        var summary: () -> HeartReport.Summary
        var rejected: () -> [Rejection]
        var now: () -> Instant
    }

    /// The same of some instances alone, by their NAMEs and patterns of these; of none: of all.
    func of(_ patterns: [String]) -> StatusReport {
        guard !patterns.isEmpty else { return self }
        func fits(_ name: String) -> Bool { patterns.contains { NamePattern.fits($0, name) } }
        var some = self
        some.source.names = { source.names().filter(fits) }
        some.source.rejected = { source.rejected().filter { $0.name.map(fits) == true } }
        return some
    }

    /// The JSON in pieces, to be asked for one after the other.
    var pieces: StatusPieces { StatusPieces(of: self) }

    /// One element of `instances`.
    func json(of instance: InstanceStatus) -> [UInt8] {
        var writer = JSONWriter()
        write(instance, to: &writer)
        return writer.bytes
    }

    /// The registry as a whole: the server in use, and all of the list.
    func writeRegistry(to writer: inout JSONWriter) {
        writer.object("registry") { json in
            json.text("api", registry.current.api)
            json.text("server", registry.current.server.url)
            json.text("state", registry.state.rawValue)
            json.flag("reachable", registry.reachable)
            json.text("lastError", registry.lastError)
            json.array("servers") { list in
                for server in registry.servers {
                    list.object { json in
                        json.text("url", server.server.url)
                        json.text("api", server.api)
                        json.text("state", server.state.rawValue)
                        json.text("lastError", server.lastError)
                    }
                }
            }
        }
    }

    func write(_ instance: InstanceStatus, to writer: inout JSONWriter) {
        let service = instance.descriptor?.service
        writer.object { json in
            json.text("name", instance.name)
            json.text("file", instance.file)
            json.text("namespace", service?.namespace)
            json.text("group", service?.group)
            json.text("service", service?.service)
            json.text("cluster", instance.descriptor?.cluster)
            json.text("ip", instance.ip)
            json.number("port", instance.descriptor?.port)
            json.text("phase", instance.phase.rawValue)
            json.text("reason", instance.reason)
            json.text("since", calendar.text(instance.since))
            if let process = instance.process {
                json.object("process") { json in
                    json.number("pid", Int(process.pid))
                    json.text("startedAt", calendar.text(process.started))
                }
            } else {
                json.text("process", nil)
            }
            json.flag("inSync", nil)
            json.array("probes") { list in for probe in instance.probes { write(probe, to: &list) } }
            if let beat = instance.lastBeat {
                json.object("lastBeat") { json in
                    json.text("at", calendar.text(beat.at))
                    json.text("outcome", beat.outcome.rawValue)
                }
            } else {
                json.text("lastBeat", nil)
            }
            json.seconds("nextBeatIn", instance.nextBeat.map { max($0 - source.now(), .zero) })
            json.number("beats", instance.descriptor == nil ? nil : instance.beats)
            json.text("pending", instance.pending)
            json.text("rejection", instance.rejection)
        }
    }

    private func write(_ probe: InstanceStatus.Probe, to writer: inout JSONWriter) {
        writer.object { json in
            json.text("kind", probe.kind)
            json.text("target", probe.target)
            json.text("outcome", probe.look?.outcome.rawValue)
            json.text("reason", probe.look?.reason)
            json.text("at", probe.look.map { calendar.text($0.ended) })
            json.seconds("duration", probe.look.map { $0.ended - $0.began })
        }
    }

    static func write(_ rejection: Rejection, to writer: inout JSONWriter) {
        writer.object { json in
            json.text("file", rejection.file)
            json.number("line", rejection.line)
            json.text("key", rejection.key)
            json.text("error", rejection.error)
        }
    }

    /// The one line that systemd shows (STATUS=): `12 up, 1 down (billing: connection refused), registry ok`.
    var line: String {
        let summary = source.summary()
        let counts = Phase.allCases.compactMap { phase in
            summary.counts[phase].map { count in
                let trouble = summary.trouble.flatMap { $0.phase == phase ? " (\($0.name): \($0.reason))" : nil }
                return "\(count) \(phase.rawValue)\(trouble ?? "")"
            }
        }
        var parts = counts.isEmpty ? ["no instances"] : counts
        if let problem { parts.append(problem) }
        if source.rejected().contains(where: { $0.name == nil && $0.file == "beatd.yaml" }) {
            parts.append("beatd.yaml refused")
        }
        parts.append(registry.state == .unknown ? "registry not asked yet" : "registry \(registry.state.rawValue)")
        return parts.joined(separator: ", ")
    }
}
