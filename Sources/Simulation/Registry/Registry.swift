import Predicates

/// A simulated Nacos or r-nacos: what it holds, and what it answers.
struct Registry {
    enum Species: CaseIterable {
        /// The cluster is part of an entry's identity.
        case nacos14
        /// It is not: one entry for ip and port.
        case nacos2
        /// Any beat creates the entry again.
        case rnacos
    }

    enum Presence: Hashable { case up, refusing, hanging }

    struct Entry {
        var cluster: String
        var content: String
        var metadata: String
        var lastBeat: Int64
        var isHealthy = true
    }

    struct Response {
        var status = 200
        var body: String
        var isChunked = false
        var answer: Answer
    }

    /// What changed, for those who watch.
    enum Change {
        case holds(String, Entry)
        case dropped(String, cluster: String)
    }

    let species: Species
    var presence = Presence.up
    var takesLightBeats = true
    /// What an operator made `clientBeatInterval` say, as JSON.
    var oddInterval: String?
    private(set) var entries: [String: [String: Entry]] = [:]
    private(set) var changes: [Change] = []

    init(species: Species) { self.species = species }

    mutating func takeChanges() -> [Change] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }

    /// After so long without a request a connection is closed.
    var idleLimit: Int64 { species == .rnacos ? 5 * Time.second : 60 * Time.second }

    // MARK: Requests

    mutating func apply(_ request: WireRequest, at now: Int64) -> Response {
        switch request.kind {
        case .register:
            hold(request, at: now)
            return Response(body: "ok", answer: .yes(interval: nil, takesLight: nil))
        case .deregister:
            drop(request.identity, cluster: species == .nacos14 ? request.cluster : nil)
            return Response(body: "ok", answer: .yes(interval: nil, takesLight: nil))
        case .fullBeat, .lightBeat:
            return beat(request, at: now)
        }
    }

    private mutating func beat(_ request: WireRequest, at now: Int64) -> Response {
        let isKnown = known(request) != nil
        if !isKnown, request.kind == .lightBeat, species != .rnacos {
            let light = species == .nacos14 ? "" : ",\"lightBeatEnabled\":true"
            return Response(
                body: "{\"clientBeatInterval\":5000,\"code\":20404\(light)}", isChunked: true, answer: .unknown)
        }
        if let key = known(request) {
            // 2.x looks the service up again by the name inside the beat; another name dies without a word.
            let isMeant = request.innerService.map { request.identity.contains("|\($0)|") } ?? true
            if isMeant || species != .nacos2 {
                entries[request.identity]?[key]?.lastBeat = now
                entries[request.identity]?[key]?.isHealthy = true
            }
        } else {
            hold(request, at: now)
        }
        let metadata = known(request).flatMap { entries[request.identity]?[$0]?.metadata } ?? ""
        let interval = oddInterval ?? (species == .rnacos ? nil : preserved("interval", in: metadata)) ?? "5000"
        return Response(
            body: "{\"clientBeatInterval\":\(interval),\"code\":10200,\"lightBeatEnabled\":\(takesLightBeats)}",
            isChunked: true, answer: .yes(interval: Int64(interval.filter { $0 != "\"" }), takesLight: takesLightBeats))
    }

    private func known(_ request: WireRequest) -> String? {
        guard let found = entries[request.identity], !found.isEmpty else { return nil }
        if species == .nacos14 { return found[request.cluster] == nil ? nil : request.cluster }
        return found.keys.first
    }

    private mutating func hold(_ request: WireRequest, at now: Int64) {
        if species != .nacos14 {
            for cluster in entries[request.identity]?.keys.map(\.self) ?? [] where cluster != request.cluster {
                drop(request.identity, cluster: cluster)
            }
        }
        let content = species == .rnacos ? "" : "\(request.weight)|\(request.metadata)"
        let entry = Entry(cluster: request.cluster, content: content, metadata: request.metadata, lastBeat: now)
        entries[request.identity, default: [:]][request.cluster] = entry
        changes.append(.holds(request.identity, entry))
    }

    /// One cluster's entry, or all of that identity.
    mutating func drop(_ identity: String, cluster: String?) {
        for key in entries[identity]?.keys.sorted() ?? [] where cluster == nil || key == cluster {
            entries[identity]?[key] = nil
            changes.append(.dropped(identity, cluster: key))
        }
        if entries[identity]?.isEmpty == true { entries[identity] = nil }
    }

    mutating func forgetAll() { for identity in entries.keys.sorted() { drop(identity, cluster: nil) } }

    /// The check of every 5 s: no beat for 15 s is unhealthy, for 30 s gone, unless the metadata says otherwise.
    mutating func sweep(at now: Int64) {
        for identity in entries.keys.sorted() {
            for (cluster, entry) in (entries[identity] ?? [:]).sorted(by: { $0.key < $1.key }) {
                let silence = now - entry.lastBeat
                if silence > milliseconds("heart.beat.timeout", in: entry.metadata, usually: 15000) {
                    entries[identity]?[cluster]?.isHealthy = false
                }
                if silence > milliseconds("ip.delete.timeout", in: entry.metadata, usually: 30000) {
                    drop(identity, cluster: cluster)
                }
            }
        }
    }

    private func milliseconds(_ key: String, in metadata: String, usually: Int64) -> Int64 {
        let found = species == .rnacos ? nil : preserved(key, in: metadata)
        return (found.flatMap { Int64($0) } ?? usually) * Time.millisecond
    }

    /// Only `isQuick` files preserve timings: all three at once.
    private func preserved(_ key: String, in metadata: String) -> String? {
        guard metadata.utf8.count > 40 else { return nil }
        switch key {
        case "interval": return "2000"
        case "heart.beat.timeout": return "6000"
        default: return "12000"
        }
    }
}
