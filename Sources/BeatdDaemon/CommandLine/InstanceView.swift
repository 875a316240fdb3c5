import FoundationEssentials

/// What `beatd status` needs of one element of `instances` (contract 7).
struct InstanceView: Decodable {
    struct Process: Decodable {
        var pid: Int
        var startedAt: String
    }
    struct Probe: Decodable {
        var kind: String
        var target: String
        var outcome: String?
        var reason: String?
        var at: String?
    }
    struct Beat: Decodable {
        var at: String
        var outcome: String
    }
    var name: String
    var file: String
    var namespace: String?
    var group: String?
    var service: String?
    var cluster: String?
    var ip: String?
    var port: Int?
    var phase: String
    var reason: String
    var since: String
    var process: Process?
    var probes: [Probe]
    var lastBeat: Beat?
    var nextBeatIn: Double?
    var beats: Int?
    var pending: String?
    var rejection: String?
    /// Only where one instance was asked for.
    var registry: RegistryView?

    static func decode(_ bytes: [UInt8]) -> InstanceView? {
        try? JSONDecoder().decode(InstanceView.self, from: Data(bytes))
    }

    /// Whether it is as it should be: up, nothing refused, nothing waiting (contract 5, `status`).
    var isWell: Bool { phase == "up" && pending == nil && rejection == nil }

    /// `10.0.3.7:9100`, with `-` for what is unknown.
    var address: String {
        guard ip != nil || port != nil else { return "-" }
        let host = ip.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "-"
        return "\(host):\(port.map(String.init) ?? "-")"
    }

    /// Why it is where it is, with what is wrong with its file, in one line.
    func why(_ refusal: RejectionView?) -> String {
        let place = refusal?.line.map { "line \($0): " } ?? ""
        if phase == "rejected" { return place + (refusal?.error ?? rejection ?? reason) }
        let refused = rejection.map { "the file is refused, its last good version goes on: \(place)\($0)" }
        return [reason, pending, refused].compactMap(\.self).joined(separator: "; ")
    }

    /// Everything that is known of it, one fact a line, for people.
    func details(at now: Date) -> String {
        func ago(_ instant: String) -> String { "\(Age.text(since: instant, at: now)) ago" }
        var rows = [("since", "\(Age.text(since: since, at: now)) (\(since))"), ("file", file)]
        if let service {
            rows.append(("service", "\(service), group \(group ?? "-"), namespace \(namespace ?? "-")"))
            rows.append(("address", "\(address), cluster \(cluster ?? "-")"))
        }
        if let process { rows.append(("process", "\(process.pid), started \(ago(process.startedAt))")) }
        for probe in probes { rows.append(("probe", Self.text(probe, ago))) }
        if let beats { rows.append(("beats", "\(beats) accepted, \(lastBeatText(ago))")) }
        if let pending { rows.append(("pending", pending)) }
        if let rejection, phase != "rejected" { rows.append(("refused", rejection)) }
        let lines = rows.map { "  " + $0 + String(repeating: " ", count: max(9 - $0.count, 1)) + $1 }
        let last = registry.map { [$0.line] } ?? []
        return (["\(name): \(phase), \(reason)"] + lines + last).joined(separator: "\n") + "\n"
    }

    private func lastBeatText(_ ago: (String) -> String) -> String {
        let last = lastBeat.map { "last \($0.outcome) \(ago($0.at))" } ?? "none said yet"
        return nextBeatIn.map { "\(last), next in \(Int(($0 * 1000).rounded())) ms" } ?? last
    }

    private static func text(_ probe: Probe, _ ago: (String) -> String) -> String {
        let outcome = probe.outcome.map { "\($0) \(probe.at.map(ago) ?? "-")" } ?? "not looked at yet"
        return "\(probe.kind) \(probe.target): \(outcome)" + (probe.reason.map { "; \($0)" } ?? "")
    }
}
