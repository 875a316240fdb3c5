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

    /// What an ill server, or the proxy before it, says to everything.
    enum Illness: CaseIterable { case error500, badGateway, starting, page, redirect, garbage }

    /// Which APIs it has.
    enum Release: Hashable, CaseIterable { case v1, both, v3, none }

    private(set) var species: Species
    var release: Release
    /// Of each server of the list; all of them hold the same.
    var presences: [Presence]
    /// How long each takes for an answer, beyond the network's time.
    var slowness: [Int64]
    /// Whether each takes that time before it applies a request, or after.
    var isSlowToApply = false
    /// How each is ill; nil where it is well.
    var illness: [Illness?]
    var takesLightBeats = true
    /// What an operator made `clientBeatInterval` say, as JSON.
    var oddInterval: String?
    private(set) var entries: [String: [String: Entry]] = [:]
    private(set) var changes: [Change] = []

    init(species: Species, release: Release, servers: Int) {
        self.species = release == .v1 ? species : .nacos2
        self.release = release
        presences = Array(repeating: .up, count: servers)
        slowness = Array(repeating: 0, count: servers)
        illness = Array(repeating: nil, count: servers)
    }

    /// Another release; what has v3 keeps one entry for ip and port.
    mutating func take(_ release: Release) {
        self.release = release
        if release != .v1 { species = .nacos2 }
    }

    mutating func takeChanges() -> [Change] {
        defer { changes.removeAll(keepingCapacity: true) }
        return changes
    }

    /// After so long without a request a connection is closed.
    var idleLimit: Int64 { species == .rnacos ? 5 * Time.second : 60 * Time.second }

    // MARK: Requests

    mutating func apply(_ request: WireRequest, at now: Int64) -> Response {
        if let refusal = refusal(request) { return refusal }
        switch request.kind {
        case .inquiry: return Response(body: "{}", isChunked: true, answer: .yes(interval: nil, takesLight: nil))
        case .register:
            hold(request, at: now)
            return yes(request)
        case .deregister:
            drop(request.identity, cluster: species == .nacos14 ? request.cluster : nil)
            return yes(request)
        case .lightBeat where request.isV3:
            guard let key = known(request) else {
                let body = "{\"code\":21003,\"message\":\"instance not found\",\"data\":null}"
                return Response(body: body, isChunked: true, answer: .unknown)
            }
            entries[request.identity]?[key]?.lastBeat = now
            entries[request.identity]?[key]?.isHealthy = true
            return yes(request)
        case .fullBeat, .lightBeat:
            return beat(request, at: now)
        }
    }

    /// What a release without that API says: switched off, or never heard of.
    private func refusal(_ request: WireRequest) -> Response? {
        let status: Int
        switch (release, request.isV3) {
        case (.both, _), (.v1, false), (.v3, true): return nil
        case (.v3, false): status = takesLightBeats ? 410 : 404
        case (.v1, true): status = species == .nacos2 ? 501 : 404
        case (.none, _): status = 404
        }
        return Response(status: status, body: "no such api", answer: .odd(status: status))
    }

    private func yes(_ request: WireRequest) -> Response {
        let answer = Answer.yes(interval: nil, takesLight: nil)
        guard request.isV3 else { return Response(body: "ok", answer: answer) }
        return Response(body: "{\"code\":0,\"message\":\"success\",\"data\":\"ok\"}", isChunked: true, answer: answer)
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
