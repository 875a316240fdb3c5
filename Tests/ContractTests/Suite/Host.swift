import DevRegistry

/// One entry of a list.
struct Host: Hashable, Sendable, CustomStringConvertible {
    var ip: String
    var port: Int
    var weight: Double
    var isHealthy: Bool
    var cluster: String
    var metadata: [String: String]

    init?(_ json: JSON) {
        guard let ip = json["ip"]?.string, let port = json["port"]?.int, let weight = json["weight"]?.double,
            let isHealthy = json["healthy"]?.bool, let cluster = json["clusterName"]?.string,
            case .object(let members)? = json["metadata"]
        else { return nil }
        self.ip = ip
        self.port = port
        self.weight = weight
        self.isHealthy = isHealthy
        self.cluster = cluster
        metadata = Dictionary(members.map { ($0.0, $0.1.string ?? $0.1.text) }) { _, last in last }
    }

    var description: String {
        let pairs = metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        return "\(ip):\(port) \(isHealthy ? "healthy" : "unhealthy") \(weight) \(cluster) {\(pairs)}"
    }
}
