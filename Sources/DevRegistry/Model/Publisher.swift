/// Who publishes an instance, as 2.x and later see it: `ip:port#ephemeral`, one instance a service and no cluster in it.
struct Publisher: Hashable, Comparable, Sendable {
    var ip: String
    var port: Int
    var isEphemeral: Bool
    /// Empty; holds the cluster only where the registry is made to err.
    var cluster = ""

    static func < (left: Publisher, right: Publisher) -> Bool {
        (left.ip, left.port, left.isEphemeral ? 0 : 1, left.cluster)
            < (right.ip, right.port, right.isEphemeral ? 0 : 1, right.cluster)
    }
}
