import BeatdCore
import BeatdHost
import Testing

struct DescriptorDecodingTests {
    private func decode(_ yaml: String, _ defaults: DescriptorDefaults = .init()) throws -> DecodedDescriptor {
        try DescriptorDecoding(defaults: defaults).decode(Array(yaml.utf8), name: "billing", file: "billing.yaml")
    }

    private static let least = "service: billing\nport: 9100\nprobes:\n  - tcp: 9100\n"

    @Test func `the least file has everything else by default`() throws {
        let decoded = try decode(Self.least)
        let target = Target(kind: .tcp(host: "127.0.0.1", port: 9100))
        #expect(
            decoded.descriptor
                == InstanceDescriptor(
                    name: "billing", file: "billing.yaml",
                    service: ServiceKey(namespace: "public", group: "DEFAULT_GROUP", service: "billing"), port: 9100,
                    probes: [ProbeSpec(target: target, rise: 1, fall: 3)]))
        #expect(decoded.warnings.isEmpty)
    }

    @Test func `a byte order mark in front is taken`() throws {
        #expect(try decode("\u{FEFF}" + Self.least).descriptor == decode(Self.least).descriptor)
        let sources = ConfigurationSources(
            file: ConfigurationSources.File(name: "beatd.yaml", bytes: Array("\u{FEFF}stop-timeout: 3s\n".utf8)))
        #expect(try ConfigurationDecoding.decode(sources, seed: 1).stopTimeout == .seconds(3))
    }

    /// Everything that is wrong in a file, as `LINE KEY`.
    private func errors(_ yaml: String) -> [String] {
        let bytes = Array(yaml.utf8)
        do {
            _ = try DescriptorDecoding().decode(bytes, name: "a", file: "a")
            return []
        } catch {
            return DescriptorDecoding().errors(bytes, file: "a", first: error).map {
                "\($0.place.line(in: "a") ?? 0) \($0.key ?? "-")"
            }
        }
    }

    @Test func `every error of a file is found, and none that only follows from another`() {
        #expect(
            errors(
                """
                servce: billing
                prt: 9100
                weight: heavy
                beat: { interval: 5, timeout: 15, delete-after: 1h }
                probes:
                  - tcp: { prt: 1, interval: 5 }
                  - pidfile: run/a.pid
                  - htp: x
                warm-up: 5
                metadata:
                  a.b: [c]
                  d: {}
                """) == [
                    "1 servce", "2 prt", "3 weight", "4 beat.interval", "4 beat.timeout", "6 probes[0].tcp.prt",
                    "7 probes[1].pidfile.path", "9 warm-up", "11 metadata.a.b", "12 metadata.d",
                ], "ten, and no more")
        #expect(errors("service: a\n") == ["1 port", "1 probes"])
        #expect(errors("service: a\nport: 1\nprobes: x\nweight: y\n") == ["3 probes", "4 weight"])
        #expect(
            errors(Self.least + "beat:\n  timeout: x\n  interval: 20s\n") == ["6 beat.timeout"],
            "20 s is only longer than what holds where nothing is written")
        #expect(errors(Self.least + "beat:\n  interval: 20s\n  timeout: 16s\n") == ["6 beat.interval"])
        #expect(errors("service: [\nweight: x\n").count == 1, "what is no YAML has one error")
    }

    @Test(arguments: [
        ("10.9.9.9:80", false), ("'[2001:db8::1]:80'", false), ("10.0.3.7:80", true), ("127.0.0.9:80", true),
        ("localhost:80", true), ("80", true),
    ])
    func `a probe of a literal address is this host's own, or refused in its line`(_ probe: String, _ isOwn: Bool)
        throws
    {
        let decoded = try decode("service: a\nport: 1\nprobes:\n  - port: 1\n  - tcp: \(probe)\n")
        let error = decoded.foreignProbe(in: AddressSet(local: ["10.0.3.7"]))
        #expect((error == nil) == isOwn)
        guard let error else { return }
        #expect(error.place == .line(5, file: "billing.yaml"))
        #expect(error.key == "probes[1].tcp")
        #expect(error.sentence.contains("another host; probing others comes with a later version of beatd"))
    }

    @Test(arguments: [
        ("port: 9100", 9100, PortAddress.advertised(.automatic)),
        ("port: { port: 9100 }", 9100, .advertised(.automatic)),
        ("port: 9101", 9101, .any), ("port: { port: 9100, address: any, owner: any }", 9100, .any),
        ("port: { port: 9100, address: \"0:0::1\" }", 9100, .literal("::1")),
        ("port: { port: 9100, address: 0.0.0.0 }", 9100, .literal("0.0.0.0")),
    ])
    func `a port has to be listened on where callers come to, unless the probe says where`(
        _ probe: String, _ port: Int, _ address: PortAddress
    ) throws {
        let decoded = try decode("service: billing\nport: 9100\nprobes:\n  - \(probe)\n")
        #expect(decoded.descriptor.probes.map(\.target.kind) == [.port(port, on: address)])
    }

    @Test func `a port is asked for on the address that the file advertises`() throws {
        let decoded = try decode("service: billing\nport: 9100\naddress: 10.0.3.7\nprobes: [port: 9100]\n")
        #expect(
            decoded.descriptor.probes.map(\.target.kind) == [.port(9100, on: .advertised(.literal("10.0.3.7")))])
    }

    @Test func `every key in force is taken as written`() throws {
        let decoded = try decode(
            """
            service: billing
            port: "9100"
            group: PAY
            namespace: 0a-b_c
            cluster: no
            address: 2001:DB8::0:7
            weight: 0.25
            enabled: false
            metadata: { version: 2.10, on: yes, empty: "", quoted: "null" }
            beat: { interval: 1s, timeout: 1m30s, delete-after: 1h }
            warm-up: 500ms
            ephemeral: true
            register: true
            optional: false
            restart-grace: 0s
            on-down: deregister
            drain: { wait: 10s, set-weight-zero: true }
            probes:
              - pidfile: { path: /run/billing.pid, executable: billing, interval: 5s, timeout: 2s, rise: 2, fall: 4 }
              - tcp: { host: "::1", port: 9100 }
              - tcp: "[0:0:0:0:0:0:0:1]:80"
              - tcp: LocalHost:81
              - tcp: 82
              - pidfile: /run/other.pid
            """)
        let descriptor = decoded.descriptor
        #expect(descriptor.service == ServiceKey(namespace: "0a-b_c", group: "PAY", service: "billing"))
        #expect(descriptor.port == 9100)
        #expect(descriptor.cluster == "no")
        #expect(descriptor.address == .literal("2001:db8::7"))
        #expect(descriptor.weight == 0.25)
        #expect(!descriptor.enabled)
        #expect(descriptor.metadata == ["version": "2.10", "on": "yes", "empty": "", "quoted": "null"])
        #expect(
            descriptor.beat == BeatTiming(interval: .seconds(1), timeout: .seconds(90), deleteAfter: .seconds(3600)))
        #expect(descriptor.warmUp == .milliseconds(500))
        #expect(
            descriptor.probes.map(\.target.kind) == [
                .pidfile(path: "/run/billing.pid", executable: "billing"), .tcp(host: "::1", port: 9100),
                .tcp(host: "::1", port: 80), .tcp(host: "localhost", port: 81),
                .tcp(host: "127.0.0.1", port: 82),
                .pidfile(path: "/run/other.pid", executable: nil),
            ])
        let first = descriptor.probes[0]
        #expect(first.target.interval == .seconds(5) && first.target.timeout == .seconds(2))
        #expect(first.rise == 2 && first.fall == 4)
        #expect(decoded.warnings.isEmpty)
    }

    @Test func `JSON is read as YAML`() throws {
        let decoded = try decode(#"{"service": "a", "port": 1, "probes": [{"pidfile": {"path": "/run/a.pid"}}]}"#)
        #expect(decoded.descriptor.probes[0].target.kind == .pidfile(path: "/run/a.pid", executable: nil))
    }

    @Test func `a time-out that nobody wrote is at most the interval`() throws {
        let decoded = try decode("service: a\nport: 1\nprobes: [tcp: {port: 1, interval: 300ms}]")
        #expect(decoded.descriptor.probes[0].target.timeout == .milliseconds(300))
    }

    @Test func `defaults stand under the file, maps key by key`() throws {
        let defaults = try ConfigurationDecoding.decode(
            ConfigurationSources(
                file: .init(
                    name: "beatd.yaml",
                    bytes: Array(
                        """
                        defaults:
                          group: PAY
                          metadata: { zone: a, tier: web }
                          beat: { timeout: 20s }
                          probe: { interval: 500ms, fall: 5 }
                        """.utf8))), seed: 1
        ).descriptors.defaults
        let decoded = try decode(
            Self.least + "metadata: { tier: pay }\nbeat: { interval: 4s }\n", defaults)
        #expect(decoded.descriptor.service.group == "PAY")
        #expect(decoded.descriptor.metadata == ["zone": "a", "tier": "pay"])
        #expect(decoded.descriptor.beat == BeatTiming(interval: .seconds(4), timeout: .seconds(20)))
        #expect(decoded.descriptor.probes[0].target.interval == .milliseconds(500))
        #expect(decoded.descriptor.probes[0].target.timeout == .milliseconds(500))
        #expect(decoded.descriptor.probes[0].fall == 5)
    }

    @Test func `a beat interval over a third of its timeout is a warning`() throws {
        let decoded = try decode(Self.least + "beat:\n  interval: 6s\n")
        #expect(decoded.warnings.count == 1)
        #expect(decoded.warnings.first?.key == "beat.interval")
        #expect(decoded.warnings.first?.place == .line(6, file: "billing.yaml"))
    }

    @Test func `more than 64 KiB is refused unread`() {
        let error = #expect(throws: InputError.self) {
            try DescriptorDecoding().decode(
                [UInt8](repeating: 0x20, count: 64 * 1024 + 1), name: "a", file: "a.yaml")
        }
        #expect(error?.sentence == "the file is larger than 64 KiB")
    }

    @Test func `what a file holds never reaches the reader unescaped`() {
        let error = #expect(throws: InputError.self) {
            try decode("service: a\nport: \"\\e[31m9\"\nprobes: [tcp: 1]")
        }
        #expect(error?.sentence == #"'port' is '\u{1b}[31m9'; it must be a whole number, 1 to 65535"#)
    }

    @Test(arguments: Refusal.all) func `a wrong file is refused with line, key and sentence`(_ refusal: Refusal) {
        let error = #expect(throws: InputError.self) { try decode(refusal.yaml) }
        #expect(error?.place.line(in: "billing.yaml") == refusal.line)
        #expect(error?.key == refusal.key)
        #expect(error?.sentence.contains(refusal.sentence) == true, "\(error?.sentence ?? "none")")
    }
}
