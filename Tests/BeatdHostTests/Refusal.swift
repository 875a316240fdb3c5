import Testing

/// A descriptor that is refused, and what is said about it.
struct Refusal: CustomTestStringConvertible, Sendable {
    let yaml: String
    let line: Int?
    let key: String?
    /// A part of it.
    let sentence: String

    var testDescription: String { yaml.split(separator: "\n").last.map(String.init) ?? "nothing" }

    /// A file that is wrong as a whole.
    static func whole(_ yaml: String, line: Int?, key: String? = nil, _ sentence: String) -> Refusal {
        Refusal(yaml: yaml, line: line, key: key, sentence: sentence)
    }

    /// A good file with wrong lines behind it; the first of them is line 4.
    static func more(_ yaml: String, line: Int = 4, _ key: String, _ sentence: String) -> Refusal {
        Refusal(yaml: "service: a\nport: 1\nprobes: [tcp: 1]\n" + yaml, line: line, key: key, sentence: sentence)
    }

    /// A good file but for its one probe, in line 4.
    static func probe(_ yaml: String, _ key: String, _ sentence: String) -> Refusal {
        let path = key.isEmpty ? "probes[0]" : "probes[0].\(key)"
        return Refusal(yaml: "service: a\nport: 1\nprobes:\n  - \(yaml)\n", line: 4, key: path, sentence: sentence)
    }

    static let all = files + slips + otherNames + names + values + timing + later + probes + laterProbes

    /// What a hand, an editor or a web page puts there unseen.
    private static let slips = [
        whole("service: a\nport: 1\nprobes:\n\t- tcp: 1\n", line: 4, "a tab stands in front of the text"),
        whole("service:billing\nport: 1\n", line: 1, "a blank is missing behind the colon of 'service:'"),
        whole("service:billing\n", line: 1, "a blank is missing behind the colon of 'service:'"),
        whole("service: a\nport:1\nprobes: [tcp: 1]\n", line: 2, "a blank is missing behind the colon of 'port:'"),
        whole("service: a\nport\u{FF1A}1\nprobes: [tcp: 1]\n", line: 2, "a full-width colon (U+FF1A)"),
        whole("service\u{FF1A}a\nport: 1\nprobes: [tcp: 1]\n", line: 1, "a full-width colon (U+FF1A)"),
        whole("service: a\nport:\u{A0}1\nprobes: [tcp: 1]\n", line: 2, "U+00A0 (no-break space)"),
        whole("service: a\nport:\u{3000}1\nprobes: [tcp: 1]\n", line: 2, "U+3000 (ideographic space)"),
        whole("service: a\n\u{FEFF}port: 1\nprobes: [tcp: 1]\n", line: 2, "U+FEFF (byte order mark)"),
        whole(
            "service: a\n\u{A0}port: 1\nprobes: [tcp: 1]\n", line: 2, key: #"\u{a0}port"#,
            #"the key '\u{a0}port' holds an invisible character: U+00A0"#),
        whole(
            "service: a\u{200B}b\nport: 1\nprobes: [tcp: 1]\n", line: 1, key: "service",
            "'service' holds an invisible character: U+200B (zero width space)"),
        more("weight: 2\u{2060}", "weight", "U+2060 (word joiner)"),
        more("metadata: { version:2.3 }", "metadata.version:2.3", "a blank is missing behind the colon of 'version:'"),
        probe("port:9100", "", "a blank is missing behind the colon of 'port:'"),
        probe("{ port:9100 }", "port:9100", "a blank is missing behind the colon of 'port:'"),
        whole("service: a\n port: 1\nprobes: [tcp: 1]\n", line: 2, "mend the indentation"),
        whole("service: \"a\nport: 1\nprobes: [tcp: 1]\n", line: 1, "what begins here has no end"),
    ]

    /// What other programs call it.
    private static let otherNames = [
        more("name: a", "name", "unknown key 'name'; did you mean 'service'?"),
        more("serviceName: a", "serviceName", "did you mean 'service'?"),
        more("service-name: a", "service-name", "did you mean 'service'?"),
        more("ip: 1.2.3.4", "ip", "did you mean 'address'?"),
        more("host: 1.2.3.4", "host", "did you mean 'address'?"),
        more("persistent: true", "persistent", "did you mean 'ephemeral', which comes with a later version of beatd?"),
        more("registry: {}", "registry", "unknown key 'registry'; it belongs into beatd.yaml"),
        probe("tcp: { ip: 127.0.0.1, port: 1 }", "tcp.ip", "did you mean 'host'?"),
        probe("foo: 1", "foo", "unknown kind of probe 'foo' in 'probes[0]'; known are port, tcp, pidfile"),
        more("beat: { zzz: 1s }", "beat.zzz", "known here: interval, timeout, delete-after"),
    ]

    private static let files = [
        whole("", line: nil, "the file is empty"),
        whole("# nothing\n", line: nil, "the file is empty"),
        whole("- a\n", line: 1, "the file holds a list, not a map of keys"),
        whole("just text\n", line: 1, "the file holds text, not a map of keys"),
        whole("service: a\nport: [1\n", line: 3, "flow sequence"),
        whole("service: a\n\tport: 1\n", line: 2, "tab"),
        whole("service: a\nport: 1\nport: 2\nprobes: [tcp: 1]\n", line: 3, key: "port", "'port' stands twice"),
        whole("service: a\nmetadata: { a: 1, a: 2 }\n", line: 2, key: "a", "'a' stands twice"),
        whole(
            "service: a\nprot: 1\nprobes: [tcp: 1]\n", line: 2, key: "prot", "unknown key 'prot'; did you mean 'port'?"),
        whole("port: 1\nprobes: [tcp: 1]\n", line: 1, key: "service", "'service' is missing"),
        whole("service: a\nprobes: [tcp: 1]\n", line: 1, key: "port", "'port' is missing"),
        whole("service: a\nport: 1\n", line: 1, key: "probes", "'probes' is missing"),
        whole("service: a\n---\nservice: b\n", line: 2, "document"),
    ]

    private static let names = [
        whole("service: \nport: 1\nprobes: [tcp: 1]", line: 1, key: "service", "'service' has no value"),
        whole("service: ''\nport: 1\nprobes: [tcp: 1]", line: 1, key: "service", "'service' is empty"),
        whole("service: a b\nport: 1\nprobes: [tcp: 1]", line: 1, key: "service", "no white space"),
        whole("service: 账单\nport: 1\nprobes: [tcp: 1]", line: 1, key: "service", "no Chinese characters"),
        whole("service: PAY@@a\nport: 1\nprobes: [tcp: 1]", line: 1, key: "service", "no '@@' in it"),
        whole("service: '@a'\nport: 1\nprobes: [tcp: 1]", line: 1, key: "service", "no '@' in front"),
        whole(
            "service: [a]\nport: 1\nprobes: [tcp: 1]", line: 1, key: "service", "'service' is a list; it must be text"),
        whole(
            "service: \(String(repeating: "a", count: 513))\nport: 1\nprobes: [tcp: 1]", line: 1, key: "service",
            "has 513 characters; Nacos takes at most 512"),
        more("group: a/b", "group", "Nacos takes letters, digits, '-', '_', '.' and ':'"),
        more("group: \(String(repeating: "g", count: 129))", "group", "at most 128"),
        more("namespace: a.b", "namespace", "it is the id"),
        more("namespace: \(String(repeating: "n", count: 65))", "namespace", "at most 64"),
        more("cluster: a_b", "cluster", "Nacos takes letters, digits and '-'"),
        more("cluster: ", "cluster", "'cluster' has no value"),
        more("deleteAfter: 1s", "deleteAfter", "unknown key 'deleteAfter'"),
        more("warm_up: 1s", "warm_up", "did you mean 'warm-up'?"),
        more(
            "beat: { intervall: 1s }", "beat.intervall", "unknown key 'intervall' in 'beat'; did you mean 'interval'?"),
        more("beat: { deleteAfter: 1s }", "beat.deleteAfter", "did you mean 'delete-after'?"),
        more("zzz: 1", "zzz", "unknown key 'zzz'"),
    ]

    private static let values = [
        whole(
            "service: a\nport: 70000\nprobes: [tcp: 1]", line: 2, key: "port", "'port' is 70000; it must be 1 to 65535"),
        whole("service: a\nport: 0\nprobes: [tcp: 1]", line: 2, key: "port", "'port' is 0; it must be 1 to 65535"),
        whole(
            "service: a\nport: 0x50\nprobes: [tcp: 1]", line: 2, key: "port",
            "'port' is '0x50'; it must be a whole number"),
        whole(
            "service: a\nport: 080\nprobes: [tcp: 1]", line: 2, key: "port", "'port' is 080; it must be a whole number"),
        whole("service: a\nport: 8_0\nprobes: [tcp: 1]", line: 2, key: "port", "it must be a whole number"),
        whole(
            "service: a\nport: 80.0\nprobes: [tcp: 1]", line: 2, key: "port",
            "'port' is 80.0; it must be a whole number"),
        whole("service: a\nport: {}\nprobes: [tcp: 1]", line: 2, key: "port", "'port' is a map"),
        more("weight: 10001", "weight", "'weight' is 10001; it must be 0 to 10000"),
        more("weight: -1", "weight", "'weight' is '-1'; it must be a number"),
        more("weight: 1e3", "weight", "it must be a number"),
        more("weight: nan", "weight", "it must be a number"),
        more("enabled: yes", "enabled", "'enabled' is 'yes'; it must be true or false"),
        more("enabled: 1", "enabled", "'enabled' is 1; it must be true or false"),
        more("address: 10.0.3.256", "address", "no IP address"),
        more("address: 10.0.3", "address", "no IP address"),
        more("address: fe80::1::2", "address", "no IP address"),
        more("address: 0.0.0.0", "address", "nobody can be reached there"),
        more("address: '::'", "address", "nobody can be reached there"),
        more("address: 224.0.0.1", "address", "nobody can be reached there"),
        more("address: 10.0.0.0/33", "address", "no network"),
        more("address: host.example.org.local", "address", "neither an IP address nor the name of an interface"),
        more("address: []", "address", "'address' is an empty list"),
        more("address: [auto, 1.2.3]", "address[1]", "no IP address"),
        more("metadata: [a]", "metadata", "'metadata' is a list; it must be a map"),
        more("metadata:\n  a: [1]", line: 5, "metadata.a", "'metadata.a' is a list; it must be text"),
        more("metadata:\n  a: {}", line: 5, "metadata.a", "'metadata.a' is a map; it must be text"),
        more("metadata:\n  a: ~", line: 5, "metadata.a", "'metadata.a' is nothing; it must be text"),
        more("metadata:\n  a:", line: 5, "metadata.a", "'metadata.a' is nothing; it must be text"),
        more("metadata: { k: \(String(repeating: "v", count: 1024)) }", "metadata", "has 1025 characters in all"),
        more(
            "metadata: { preserved.heart.beat.interval: 5 }", "metadata.preserved.heart.beat.interval",
            "use the key 'beat.interval'"),
    ]

    private static let timing = [
        more("warm-up: 5", "warm-up", "'warm-up' is the bare number 5; a duration needs a unit: 5s or 5ms"),
        more("warm-up: '0'", "warm-up", "bare number 0"),
        more("warm-up: 1.5s", "warm-up", "no duration; write it like 500ms, 5s or 1m30s"),
        more("warm-up: 5 s", "warm-up", "no duration"),
        more("warm-up: -5s", "warm-up", "no duration"),
        more("warm-up: 30s1m", "warm-up", "no duration"),
        more("warm-up: 1s1s", "warm-up", "no duration"),
        more("warm-up: 2d", "warm-up", "no duration"),
        more("warm-up: 61m", "warm-up", "'warm-up' is 61m; it must be 0s to 1h"),
        more("warm-up: 9999999999s", "warm-up", "no duration"),
        more("beat: 5s", "beat", "'beat' is text; it must be a map of keys"),
        more("beat: { interval: 50ms }", "beat.interval", "it must be 100ms to 1h"),
        more(
            "beat:\n  interval: 15s", line: 5, "beat.interval",
            "'beat.interval' is 15s; it must be shorter than 'timeout' (15s)"),
        more("beat:\n  timeout: 5s", line: 5, "beat.timeout", "it must be shorter than 'timeout' (5s)"),
        more("beat:\n  timeout: 30s", line: 5, "beat.timeout", "it must be shorter than 'delete-after' (30s)"),
        more(
            "beat:\n  delete-after: 10s", line: 5, "beat.delete-after", "it must be shorter than 'delete-after' (10s)"),
    ]

    private static let later = [
        more("ephemeral: false", "ephemeral", "'ephemeral: false' comes with a later version of beatd"),
        more("register: false", "register", "'register: false' comes with a later version of beatd"),
        more("optional: true", "optional", "'optional: true' comes with a later version of beatd"),
        more("restart-grace: 5s", "restart-grace", "'restart-grace' comes with a later version of beatd"),
        more("on-down: lapse", "on-down", "'on-down: lapse' comes with a later version of beatd"),
        more("drain: { wait: 5s }", "drain", "'drain' comes with a later version of beatd"),
        more("drain: { set-weight-zero: false }", "drain", "'drain' comes with a later version of beatd"),
        more("address: eth0", "address", "an interface name in 'address' comes with a later version"),
        more("address: 10.0.0.0/8", "address", "a network in 'address' comes with a later version"),
        more("address: [eth0, auto]", "address", "a list in 'address' comes with a later version"),
        // A wrong value is called wrong today.
        more("ephemeral: maybe", "ephemeral", "it must be true or false"),
        more("restart-grace: 5", "restart-grace", "bare number"),
        more("on-down: stop", "on-down", "'on-down' is 'stop'; it must be deregister or lapse"),
        more("drain: { wait: 2h }", "drain.wait", "it must be 0s to 1h"),
        more("drain: { weight-zero: true }", "drain.weight-zero", "unknown key 'weight-zero' in 'drain'"),
    ]

    private static let probes = [
        whole("service: a\nport: 1\nprobes: tcp\n", line: 3, key: "probes", "it must be a list"),
        whole("service: a\nport: 1\nprobes: []\n", line: 3, key: "probes", "at least one is required"),
        whole(
            "service: a\nport: 1\nprobes:\n" + String(repeating: "  - tcp: 1\n", count: 33), line: 4, key: "probes",
            "has 33 elements; at most 32"),
        probe("tcp", "", "'probes[0]' is text; it must be a map"),
        probe("{}", "", "'probes[0]' is empty"),
        probe("{ tcp: 1, pidfile: /a }", "", "holds 2 kinds of probe"),
        probe("{ tcp: 1, interval: 1s }", "interval", "'interval' stands beside 'tcp'; put it inside"),
        probe(
            "pidfiel: /run/a.pid", "pidfiel", "unknown kind of probe 'pidfiel' in 'probes[0]'; did you mean 'pidfile'?"),
        probe("tcp:", "tcp", "'probes[0].tcp' has no value"),
        probe("tcp: 0", "tcp", "must be a port (1 to 65535), host:port or [v6]:port"),
        probe("tcp: 127.0.0.1", "tcp", "must be a port"),
        probe("tcp: 127.0.0.1:99999", "tcp", "must be a port"),
        probe("tcp: '::1:80'", "tcp", "must be a port"),
        probe("tcp: [1]", "tcp", "is a list; it must be a port or host:port"),
        probe("tcp: db.internal:80", "tcp", "a host name in 'probes[0].tcp' comes with a later version of beatd"),
        probe("tcp: 'a b:80'", "tcp", "no IP address"),
        probe("tcp: 0.0.0.0:80", "tcp", "nobody can be reached there"),
        probe("tcp: { host: 127.0.0.1 }", "tcp.port", "'probes[0].tcp.port' is missing"),
        probe("tcp: { host: 1.2.3, port: 1 }", "tcp.host", "no IP address"),
        probe("tcp: { port: 1, adress: a }", "tcp.adress", "unknown key 'adress'"),
        probe("tcp: { port: 1, interval: 99ms }", "tcp.interval", "is 99ms; it must be 100ms to 1h"),
        probe("tcp: { port: 1, interval: 2 }", "tcp.interval", "bare number 2"),
        probe("tcp: { port: 1, timeout: 5ms }", "tcp.timeout", "it must be 10ms to 1m"),
        probe("tcp: { port: 1, timeout: 3s }", "tcp.timeout", "is 3s; it must be at most 'interval' (2s)"),
        probe("tcp: { port: 1, rise: 0 }", "tcp.rise", "it must be 1 to 100"),
        probe("tcp: { port: 1, fall: 101 }", "tcp.fall", "it must be 1 to 100"),
        probe("pidfile: run/a.pid", "pidfile.path", "it must be an absolute path"),
        probe("pidfile: { executable: a }", "pidfile.path", "'probes[0].pidfile.path' is missing"),
        probe(
            "pidfile: { path: /run/a.pid, executable: bin/a }", "pidfile.executable",
            "absolute path or a name without '/'"),
        probe(#"pidfile: "/run/\0""#, "pidfile.path", "holds a control character"),
    ]

    private static let laterProbes = [
        probe(
            "http: http://127.0.0.1:1/h", "http",
            "the probe 'http' comes with a later version of beatd; use port, tcp or pidfile"),
        probe(
            "http: { url: 'https://a/', method: HEAD, headers: { A: b }, status: 200, body: x }", "http",
            "later version"),
        probe("unix: /run/a.sock", "unix", "later version"),
        probe("unit: a", "unit", "later version"),
        probe("exec: [/bin/true, -x]", "exec", "later version"),
        probe("grpc: 9100", "grpc", "later version"),
        probe("process: nginx", "process", "later version"),
        probe("port: 0", "port.port", "it must be 1 to 65535"),
        probe("port: { port: 1, owner: me }", "port.owner", "it must be same or any"),
        probe("port: { port: 1, owner: same }", "port.owner", "later version of beatd; write any, or leave it out"),
        probe("port: { address: any }", "port.port", "'probes[0].port.port' is missing"),
        probe("port: { port: 1, address: here }", "port.address", "it must be any or an IP address"),
        probe("port: { port: 1, address: 224.0.0.1 }", "port.address", "nobody can listen there"),
        probe("http: ftp://a/", "http.url", "must be a URL"),
        probe("http: http://u:secret@a/", "http.url", "without user and password"),
        probe("http: { url: http://a/, method: POST }", "http.method", "it must be GET or HEAD"),
        probe("http: { url: http://a/, status: 299-200 }", "http.status", "a code or a range"),
        probe("http: { url: http://a/, status: 99 }", "http.status", "a code or a range"),
        probe("http: { url: http://a/, headers: { 'A b': c } }", "http.headers.A b", "is no name of a header"),
        probe("http: { url: http://a/, headers: { A: [c] } }", "http.headers.A", "must be text on one line"),
        probe(
            "http: { url: http://a/, tls: { verify: some } }", "http.tls.verify", "it must be full, no-hostname or none"
        ),
        probe("unix: a.sock", "unix.path", "it must be an absolute path"),
        probe("unix: /\(String(repeating: "a", count: 107))", "unix.path", "at most 107"),
        probe("unit: a*", "unit.name", "the name of one unit"),
        probe("exec: /bin/true", "exec.command", "must be a list"),
        probe("exec: [true]", "exec.command[0]", "it must be an absolute path"),
        probe("grpc: { port: 1, service: '' }", "grpc.service", "is empty"),
        probe("process: { arguments: x }", "process.executable", "is missing"),
        probe("process: { executable: a, arguments: 'x{2}' }", "process.arguments", "holds '{'"),
        probe("process: { executable: a, interval: 1 }", "process.interval", "bare number"),
    ]
}
