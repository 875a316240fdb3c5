/// What beatd.yaml says to the heart (contract 4).
package struct Settings: Equatable, Sendable {
    package var registry: RegistrySettings
    /// Looks that ask (`tcp`) in flight at once.
    package var maxLooksInFlight: Int
    package var ready: ReadySettings
    /// Where chance begins: jitter of back-off and of the first write after an outage.
    ///
    /// The driver draws it, a test fixes it.
    package var seed: UInt64

    package init(
        registry: RegistrySettings = RegistrySettings(), maxLooksInFlight: Int = 64,
        ready: ReadySettings = ReadySettings(), seed: UInt64 = 1
    ) {
        self.registry = registry
        self.maxLooksInFlight = maxLooksInFlight
        self.ready = ready
        self.seed = seed
    }
}

/// The registry as configured.
package struct RegistrySettings: Hashable, Sendable {
    /// In the order in which they are tried; one or more.
    package var servers: [Server]
    /// nil: what is found out, per server.
    package var api: RegistryAPI?
    /// An answer is waited for so long; a beat's perhaps shorter (`RegistryMachine.patience`).
    package var timeout: Duration
    /// All writes but beats, 1 or more; a burst is a tenth of it.
    package var writesPerSecond: Int

    package init(
        servers: [Server] = [Server()], api: RegistryAPI? = nil, timeout: Duration = .seconds(3),
        writesPerSecond: Int = 500
    ) {
        self.servers = servers
        self.api = api
        self.timeout = timeout
        self.writesPerSecond = writesPerSecond
    }
}

/// Which of Nacos' HTTP APIs is spoken.
package enum RegistryAPI: String, Hashable, Sendable {
    /// `/v1/ns`, up to 3.1.
    case v1
    /// `/v3/client/ns`, since 3.0.
    case v3
}

/// One Nacos server.
///
/// Plain HTTP for now.
package struct Server: Hashable, Sendable {
    /// A name or a literal address, IPv6 without brackets.
    package var host: String
    package var port: Int
    /// `/nacos`, or empty for the root.
    package var contextPath: String

    package init(host: String = "127.0.0.1", port: Int = 8848, contextPath: String = "/nacos") {
        self.host = host
        self.port = port
        self.contextPath = contextPath
    }

    /// `host:port` with brackets where needed, as a Host header and a URL have it.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// `http://127.0.0.1:8848`.
    package var url: String { "http://\(authority)" }
}

/// When READY=1 is sent (contract 4).
package struct ReadySettings: Hashable, Sendable {
    package enum Moment: String, Sendable { case loaded, probed, registered }
    package var when: Moment
    /// At the latest after this.
    package var timeout: Duration

    package init(when: Moment = .probed, timeout: Duration = .seconds(30)) {
        self.when = when
        self.timeout = timeout
    }
}
