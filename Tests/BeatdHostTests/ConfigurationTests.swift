import BeatdCore
import BeatdHost
import Log
import Testing

struct ConfigurationTests {
    private func decode(
        _ yaml: String?, _ environment: [String: String] = [:], _ options: [String] = []
    ) throws -> AgentConfiguration {
        let file = yaml.map { ConfigurationSources.File(name: "beatd.yaml", bytes: Array($0.utf8)) }
        return try ConfigurationDecoding.decode(
            ConfigurationSources(file: file, environment: environment, options: options), seed: 7)
    }

    @Test(arguments: [nil, "", "# nothing\n", "registry:\ndefaults: {}\n"])
    func `without keys the defaults hold`(_ yaml: String?) throws {
        #expect(try decode(yaml) == AgentConfiguration(settings: Settings(seed: 7)))
    }

    @Test func `every error of beatd yaml is found`() {
        let text = "registry: { user: a, timeout: 3 }\nstop-timeout: 10\nprobes: { max: 1 }\nlog: { level: loud }\n"
        let sources = ConfigurationSources(file: ConfigurationSources.File(name: "b", bytes: Array(text.utf8)))
        do {
            _ = try ConfigurationDecoding.decode(sources, seed: 1)
            Issue.record("it is full of errors")
        } catch {
            let all = ConfigurationDecoding.errors(sources, first: error)
            #expect(
                all.map(\.key) == ["registry.user", "registry.timeout", "stop-timeout", "probes.max", "log.level"])
            #expect(
                all.first?.sentence.hasSuffix("did you mean 'username', which comes with a later version of beatd?")
                    == true)
            #expect(all.contains { $0.sentence.hasSuffix("known here: max-in-flight") })
        }
    }

    @Test(arguments: [("auto", nil), ("v1", RegistryAPI.v1), ("v3", .v3)])
    func `registry.api chooses what is spoken`(_ word: String, _ api: RegistryAPI?) throws {
        #expect(try decode("registry: { api: \(word) }").settings.registry.api == api)
    }

    @Test func `the sample of the contract's own defaults is taken`() throws {
        let configuration = try decode(
            """
            registry:
              servers: [127.0.0.1:8848]
              context-path: /nacos
              api: auto
              timeout: 3s
              tls: { ca-file: , certificate-file: , private-key-file: , verify: full }
              writes-per-second: 500
              fail-fast: false
            defaults: { group: PAY, probe: { interval: 2s, timeout: 1s, rise: 1, fall: 3 } }
            descriptors: { directory: /etc/beatd/instances.d, settle: 200ms, rescan: 60s, allow-unsafe: false }
            probes: { allow-exec: false, allow-remote: false, max-in-flight: 64 }
            on-stop: auto
            stop-timeout: 10s
            ready: { when: probed, timeout: 30s }
            http: { listen: 127.0.0.1:9328 }
            state-directory: /var/lib/beatd
            control-socket: /run/beatd/control.sock
            log: { level: info, format: auto }
            """)
        var expected = AgentConfiguration(settings: Settings(seed: 7))
        expected.descriptors.defaults = configuration.descriptors.defaults
        #expect(configuration == expected)
        #expect(configuration.descriptors.defaults.keys != nil)
        #expect(configuration.descriptors.defaults.probe == ProbeDefaults())
    }

    @Test func `every key in force is taken`() throws {
        let configuration = try decode(
            """
            registry: { servers: "http://[::1]:80/", context-path: r/, api: v1, timeout: 500ms, writes-per-second: 7 }
            descriptors: { directory: /srv/i, settle: 10ms, rescan: 1s, allow-unsafe: true }
            probes: { max-in-flight: 8 }
            on-stop: deregister
            stop-timeout: 1s
            ready: { when: registered, timeout: 2s }
            http: { listen: off }
            state-directory: /srv/s
            control-socket: /srv/c.sock
            log: { level: debug, format: json }
            """)
        var settings = Settings(seed: 7)
        settings.registry = RegistrySettings(
            servers: [Server(host: "::1", port: 80, contextPath: "/r")], api: .v1, timeout: .milliseconds(500),
            writesPerSecond: 7)
        settings.maxLooksInFlight = 8
        settings.ready = ReadySettings(when: .registered, timeout: .seconds(2))
        #expect(
            configuration
                == AgentConfiguration(
                    settings: settings,
                    descriptors: DescriptorSettings(
                        directory: "/srv/i", settle: .milliseconds(10), rescan: .seconds(1), allowUnsafe: true),
                    onStop: .deregister, stopTimeout: .seconds(1), stateDirectory: "/srv/s",
                    controlSocket: "/srv/c.sock", log: LogSettings(level: .debug, format: .json)))
    }

    @Test(arguments: [
        ("nacos", "nacos", 8848), ("Nacos.Example:80", "nacos.example", 80), ("10.0.0.1", "10.0.0.1", 8848),
        ("[2001:DB8::1]:9", "2001:db8::1", 9), ("[::1]", "::1", 8848), ("http://nacos:8848", "nacos", 8848),
        ("http://nacos", "nacos", 80), ("HTTP://nacos/", "nacos", 80), ("::1", "::1", 8848),
    ])
    func `a server is a host, host and port, or a URL`(_ text: String, _ host: String, _ port: Int) throws {
        let servers = try decode(nil, [:], ["registry.servers=\(text)"]).settings.registry.servers
        #expect(servers == [Server(host: host, port: port)])
    }

    @Test(arguments: ["registry: { servers: [a, 'b:1'] }", "registry: { servers: 'a, b:1' }"])
    func `several servers keep their order, and share the context path`(_ yaml: String) throws {
        let registry = try decode(yaml, [:], ["registry.context-path=/r"]).settings.registry
        #expect(
            registry.servers == [Server(host: "a", contextPath: "/r"), Server(host: "b", port: 1, contextPath: "/r")])
    }

    @Test func `options win over the environment, and that over the file`() throws {
        let yaml = "registry: { timeout: 1s, writes-per-second: 1, servers: [a] }"
        let environment = ["BEATD_REGISTRY_TIMEOUT": "2s", "BEATD_REGISTRY_WRITES_PER_SECOND": "2"]
        let registry = try decode(yaml, environment, ["registry.timeout=3s", "registry.timeout=4s"]).settings.registry
        #expect(registry.timeout == .seconds(4))
        #expect(registry.writesPerSecond == 2)
        #expect(registry.servers.map(\.host) == ["a"])
    }

    @Test func `defaults can come from the environment and from options`() throws {
        let defaults = try decode(
            "defaults: { metadata: { a: 1 } }",
            ["BEATD_DEFAULTS_GROUP": "PAY", "BEATD_DEFAULTS_BEAT_INTERVAL": "1s", "BEATD_DEFAULTS_PROBE_FALL": "9"],
            ["defaults.metadata.zone.x=b"]
        ).descriptors.defaults
        let decoded = try DescriptorDecoding(defaults: defaults).decode(
            Array("service: a\nport: 1\nprobes: [tcp: 1]".utf8), name: "a", file: "a.yaml")
        #expect(decoded.descriptor.service.group == "PAY")
        #expect(decoded.descriptor.beat.interval == .seconds(1))
        #expect(decoded.descriptor.probes[0].fall == 9)
        #expect(decoded.descriptor.metadata == ["a": "1", "zone.x": "b"])
    }

    @Test func `a variable that is nearly a key is a warning`() throws {
        let warnings = try decode(nil, ["BEATD_REGISTRY_SERVER": "a", "BEATD_CONFIG": "/x", "HOME": "/"]).warnings
        #expect(
            warnings.map(\.sentence) == [
                "no key of beatd.yaml goes by this name; did you mean BEATD_REGISTRY_SERVERS?"
            ])
    }

    @Test func `a warning in the defaults names its line`() throws {
        let warnings = try decode("defaults:\n  beat:\n    interval: 6s\n").warnings
        #expect(warnings.map(\.place) == [.line(3, file: "beatd.yaml")])
        #expect(warnings.map(\.key) == ["defaults.beat.interval"])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        var yaml: String?
        var environment: [String: String] = [:]
        var options: [String] = []
        var error: String
        var testDescription: String { error }

        init(_ yaml: String, _ error: String) {
            self.yaml = yaml
            self.error = error
        }

        init(variable: String, _ value: String, _ error: String) {
            environment = [variable: value]
            self.error = error
        }

        init(option: String, _ error: String) {
            options = [option]
            self.error = error
        }
    }

    static let bad = [
        Bad("a: [", "beatd.yaml:1: did not find"),
        Bad("- a", "beatd.yaml:1: the file holds a list"),
        Bad("registri: {}", "beatd.yaml:1: unknown key 'registri'; did you mean 'registry'?"),
        Bad("registry: { server: a }", "beatd.yaml:1: unknown key 'server' in 'registry'; did you mean 'servers'?"),
        Bad("registry: 5", "beatd.yaml:1: 'registry' is text; it must be a map of keys"),
        Bad("registry: { servers: [] }", "beatd.yaml:1: 'registry.servers' is empty"),
        Bad("registry: { servers: [a, 'b:8848', b] }", "beatd.yaml:1: 'registry.servers' names b:8848 twice"),
        Bad(
            "registry: { servers: '\((1...65).map { "s\($0)" }.joined(separator: ","))' }",
            "beatd.yaml:1: 'registry.servers' has 65 servers; 64 at most"),
        Bad("registry: { servers: 'https://a' }", "beatd.yaml:1: https in 'registry.servers' comes with a later"),
        Bad("registry: { servers: 'ftp://a' }", "beatd.yaml:1: 'registry.servers' is 'ftp://a'; only http://"),
        Bad(
            "registry: { servers: 'http://a/nacos' }",
            "beatd.yaml:1: 'registry.servers' is 'http://a/nacos'; the path belongs"),
        Bad("registry: { servers: 'a:0' }", "beatd.yaml:1: 'registry.servers' is 'a:0'; its port"),
        Bad("registry: { servers: 'a b' }", "beatd.yaml:1: 'registry.servers' is 'a b'; write a host"),
        Bad("registry: { servers: 1.2.3 }", "beatd.yaml:1: 'registry.servers' is 1.2.3; write a host"),
        Bad("registry: { servers: 'u:secret@a' }", "beatd.yaml:1: 'registry.servers' holds a user or a password"),
        Bad("registry: { endpoint: 'http://a' }", "beatd.yaml:1: 'registry.endpoint' comes with a later version"),
        Bad("registry: { context-path: 'a b' }", "beatd.yaml:1: 'registry.context-path' is 'a b'; it must be a path"),
        Bad("registry: { api: v4 }", "beatd.yaml:1: 'registry.api' is 'v4'; it must be auto, v1 or v3"),
        Bad("registry: { timeout: 3 }", "beatd.yaml:1: 'registry.timeout' is the bare number 3"),
        Bad("registry: { timeout: 11s }", "beatd.yaml:1: 'registry.timeout' is 11s"),
        Bad(
            "registry: { writes-per-second: 0 }",
            "beatd.yaml:1: 'registry.writes-per-second' is 0; it must be 1 to 100000"),
        Bad("registry: { username: a }", "beatd.yaml:1: 'registry.username' comes with a later version"),
        Bad("registry: { password-file: a }", "beatd.yaml:1: 'registry.password-file' comes with a later version"),
        Bad("registry: { fail-fast: true }", "beatd.yaml:1: 'registry.fail-fast: true' comes with a later version"),
        Bad(
            "registry: { tls: { verify: none } }",
            "beatd.yaml:1: 'registry.tls.verify: none' comes with a later version"),
        Bad("registry: { tls: { ca-file: /a } }", "beatd.yaml:1: 'registry.tls.ca-file' comes with a later version"),
        Bad("registry: { tls: { verify: some } }", "beatd.yaml:1: 'registry.tls.verify' is 'some'"),
        Bad("defaults: { service: a }", "beatd.yaml:1: unknown key 'service' in 'defaults'"),
        Bad("defaults: { drain: { wait: 1s } }", "beatd.yaml:1: 'defaults.drain' comes with a later version"),
        Bad("defaults: { group: a/b }", "beatd.yaml:1: 'defaults.group' is 'a/b'"),
        Bad("defaults: { probe: { rise: 0 } }", "beatd.yaml:1: 'defaults.probe.rise' is 0"),
        Bad("defaults: { probe: { timeout: 3s } }", "beatd.yaml:1: 'defaults.probe.timeout' is 3s; it must be at most"),
        Bad(
            "defaults: { beat: { interval: 20s } }", "beatd.yaml:1: 'defaults.beat.interval' is 20s; it must be shorter"
        ),
        Bad(
            "descriptors: { directory: a }", "beatd.yaml:1: 'descriptors.directory' is 'a'; it must be an absolute path"
        ),
        Bad("descriptors: { settle: 1ms }", "beatd.yaml:1: 'descriptors.settle' is 1ms; it must be 10ms to 10s"),
        Bad("probes: { allow-exec: true }", "beatd.yaml:1: 'probes.allow-exec: true' comes with a later version"),
        Bad("probes: { allow-remote: true }", "beatd.yaml:1: 'probes.allow-remote' comes with a later version"),
        Bad("probes: { allow-remote: [10.0.0.0/8] }", "beatd.yaml:1: 'probes.allow-remote' comes with a later version"),
        Bad(
            "probes: { allow-remote: maybe }",
            "beatd.yaml:1: 'probes.allow-remote' is 'maybe'; it must be true or false"),
        Bad("probes: { allow-remote: [10.0.0.0/8, x] }", "beatd.yaml:1: 'probes.allow-remote' holds 'x'"),
        Bad("probes: { max-in-flight: 0 }", "beatd.yaml:1: 'probes.max-in-flight' is 0"),
        Bad("on-stop: lapse", "beatd.yaml:1: 'on-stop: lapse' comes with a later version"),
        Bad("on-stop: stop", "beatd.yaml:1: 'on-stop' is 'stop'"),
        Bad("ready: { when: now }", "beatd.yaml:1: 'ready.when' is 'now'; it must be loaded, probed or registered"),
        Bad("http: { listen: 0.0.0.0:9328 }", "beatd.yaml:1: 'http.listen' comes with a later version"),
        Bad("http: { listen: nine }", "beatd.yaml:1: 'http.listen' is 'nine'; it must be off"),
        Bad(
            "control-socket: /\(String(repeating: "a", count: 107))",
            "beatd.yaml:1: 'control-socket' has 108 bytes; at most 107"),
        Bad(
            "log: { level: loud }",
            "beatd.yaml:1: 'log.level' is 'loud'; it must be error, warning, notice, info or debug"),
        Bad(variable: "BEATD_REGISTRY_TIMEOUT", "3", "BEATD_REGISTRY_TIMEOUT: 'registry.timeout' is the bare number 3"),
        Bad(variable: "BEATD_REGISTRY_SERVERS", "a,a", "BEATD_REGISTRY_SERVERS: 'registry.servers' names a:8848 twice"),
        Bad(variable: "BEATD_LOG_LEVEL", "", "BEATD_LOG_LEVEL: 'log.level' is ''"),
        Bad(variable: "BEATD_DEFAULTS_WARM_UP", "1", "BEATD_DEFAULTS_WARM_UP: 'defaults.warm-up' is the bare number 1"),
        Bad(option: "registry.timeout=3", "--set registry.timeout: 'registry.timeout' is the bare number 3"),
        Bad(
            option: "registry.timeoot=3s",
            "--set registry.timeoot: unknown key 'registry.timeoot'; did you mean 'registry.timeout'?"),
        Bad(option: "registry.timeout", "--set registry.timeout: write --set KEY=VALUE"),
        Bad(option: "registry=a", "--set registry: unknown key 'registry'"),
    ]

    @Test(arguments: bad) func `a bad value names where it came from`(_ bad: Bad) {
        let error = #expect(throws: InputError.self) { try decode(bad.yaml, bad.environment, bad.options) }
        #expect(error?.description.hasPrefix(bad.error) == true, "\(error?.description ?? "none")")
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `a bad value is one also where a later layer hides it`() {
        #expect(throws: InputError.self) {
            try decode("registry: { timeout: 3 }", ["BEATD_REGISTRY_TIMEOUT": "3s"], ["registry.timeout=3s"])
        }
        #expect(throws: InputError.self) {
            try decode(nil, ["BEATD_REGISTRY_TIMEOUT": "3"], ["registry.timeout=3s"])
        }
    }
}
