/// What a run of beatd read back of one entry that the last one had at the registry.
package struct Remembered: Hashable, Sendable {
    /// The file that it was of.
    package var name: String
    package var cluster: String
    package var ip: String

    package init(name: String, cluster: String, ip: String) {
        self.name = name
        self.cluster = cluster
        self.ip = ip
    }
}
