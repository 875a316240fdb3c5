/// What one file wants, as the predicates see it; times in nanoseconds.
package struct Plan: Hashable, Sendable {
    /// One probe: which target, and how much its looks count.
    package struct Probe: Hashable, Sendable {
        package var target: Int
        package var rise: Int
        package var fall: Int
        /// interval + timeout + 1 s.
        package var freshness: Int64

        package init(target: Int, rise: Int, fall: Int, freshness: Int64) {
            self.target = target
            self.rise = rise
            self.fall = fall
            self.freshness = freshness
        }
    }

    package var name: String
    /// `namespace|group@@service`.
    package var service: String
    package var port: Int
    /// nil: the host's own.
    package var address: String?
    package var cluster: String
    /// Weight and metadata as they must stand in the registry.
    package var content: String
    package var interval: Int64
    package var timeout: Int64
    package var deleteAfter: Int64
    package var probes: [Probe]
    package var warmUp: Int64

    package init(
        name: String, service: String, port: Int, address: String?, cluster: String, content: String,
        interval: Int64, timeout: Int64, deleteAfter: Int64, probes: [Probe], warmUp: Int64
    ) {
        self.name = name
        self.service = service
        self.port = port
        self.address = address
        self.cluster = cluster
        self.content = content
        self.interval = interval
        self.timeout = timeout
        self.deleteAfter = deleteAfter
        self.probes = probes
        self.warmUp = warmUp
    }

    /// `namespace|group@@service|ip|port`.
    package func identity(at ip: String) -> String { "\(service)|\(ip)|\(port)" }
}
