/// What the command line asks for.
struct Options: Equatable, Sendable {
    var host = "127.0.0.1"
    /// 0: the kernel chooses.
    var port = 8848
    var contextPath = "/nacos"
    var timing = Timing()
    var isLikeNacos = false
    var isQuiet = false
    var v1 = Compatibility.on
    /// How much later each answer leaves; at most ten minutes.
    var delay = Duration.zero
    var rules = Rules()
    var wantsHelp = false

    /// What is wrong with the command line, in a sentence.
    struct Mistake: Error, Equatable { var sentence: String }

    /// Without the program's name.
    init(_ arguments: [String] = []) throws(Mistake) {
        var rest = arguments[...]
        while let word = rest.popFirst() {
            let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = sides.first ?? word
            if sides.count == 1 || !name.hasPrefix("--"), try flag(word) { continue }
            guard Self.takesValue(name) else { throw Mistake(sentence: Self.unknown(word)) }
            guard let value = sides.count == 2 ? sides[1] : rest.popFirst() else {
                throw Mistake(sentence: "\(name) needs a value; see beatd-dev-registry --help")
            }
            try set(name, to: value)
        }
        if isLikeNacos {
            timing.listLag = Timing.likeNacos.listLag
            timing.round = Timing.likeNacos.round
        }
    }

    private mutating func flag(_ word: String) throws(Mistake) -> Bool {
        switch word {
        case "--like-nacos": isLikeNacos = true
        case "--quiet": isQuiet = true
        case "--v1-off": try leave(.off)
        case "--v3-only": try leave(.removed)
        case "--help", "-h", "help": wantsHelp = true
        default: return false
        }
        return true
    }

    private mutating func leave(_ left: Compatibility) throws(Mistake) {
        guard v1 == .on || v1 == left else {
            throw Mistake(sentence: "--v1-off and --v3-only can't be had together; leave one of them out")
        }
        v1 = left
    }

    private static func takesValue(_ name: String) -> Bool {
        [
            "--port", "--host", "--context-path", "--heartbeat-timeout", "--delete-timeout", "--empty-service-timeout",
            "--edit-timeout", "--forget-after", "--delay", "--wrong",
        ].contains(name)
    }

    private static func unknown(_ word: String) -> String {
        word.hasPrefix("-")
            ? "unknown option \(word); see beatd-dev-registry --help"
            : "unexpected argument '\(word)'; see beatd-dev-registry --help"
    }

    private mutating func set(_ name: String, to value: String) throws(Mistake) {
        switch name {
        case "--port":
            guard let number = Int(value), 0...65_535 ~= number else {
                throw Mistake(sentence: "--port is '\(value)'; it must be 0 to 65535")
            }
            port = number
        case "--host": host = value
        case "--context-path":
            let trimmed = value.split(separator: "/").joined(separator: "/")
            contextPath = trimmed.isEmpty ? "" : "/" + trimmed
        case "--heartbeat-timeout": timing.timeout = try Self.length(name, value)
        case "--delete-timeout": timing.deleteTimeout = try Self.length(name, value)
        case "--empty-service-timeout": timing.emptyServicesKept = try Self.length(name, value)
        case "--edit-timeout": timing.editsKept = try Self.length(name, value)
        case "--forget-after": timing.forgetsEvery = try Self.length(name, value)
        case "--delay":
            delay = try Self.length(name, value)
            guard delay <= .seconds(600) else {
                throw Mistake(sentence: "--delay is '\(value)'; it must be at most 600s")
            }
        default:
            guard let rule = Rule(rawValue: value) else {
                throw Mistake(sentence: "--wrong is '\(value)'; it must be a rule that --help lists")
            }
            rules.wrong.insert(rule)
        }
    }

    /// Milliseconds or seconds: `1500ms`, `15s`, `2.5s`.
    private static func length(_ name: String, _ value: String) throws(Mistake) -> Duration {
        let isMilliseconds = value.hasSuffix("ms")
        let number = value.hasSuffix("s") ? Double(value.dropLast(isMilliseconds ? 2 : 1)) : nil
        guard let number, number > 0, number < 86_400_000 else {
            throw Mistake(sentence: "\(name) is '\(value)'; it must be a length such as 15s or 1500ms")
        }
        return .microseconds(Int64(number * (isMilliseconds ? 1000 : 1_000_000)))
    }

    static let help = """
        beatd-dev-registry: a small in-memory Nacos naming server (its HTTP APIs v1
        and v3) for development, demonstrations and tests. Nothing is kept when it ends.

        Usage: beatd-dev-registry [options]

          --port PORT               where to listen (default 8848; 0: any free port)
          --host ADDRESS            a literal address (default 127.0.0.1)
          --context-path PATH       in front of /v1/ns and /v3/client/ns (default
                                    /nacos; / for none)
          --v1-off                  v1 is switched off: its calls are answered 410, as
                                    by 3.1 with nacos.core.api.compatibility.client
                                    .enabled=false
          --v3-only                 v1 does not exist: 404, as said of 3.2 and later
          --like-nacos              as coarse as a real one: lists trail writes by
                                    0.6 s, silent instances are looked at every 5 s,
                                    connections close after 100 requests, 60 s of
                                    idleness and every 400, 500 and 501
          --heartbeat-timeout TIME  unhealthy after this (default 15s)
          --delete-timeout TIME     gone after this (default 30s)
          --empty-service-timeout TIME
                                    how long a service without instances stays
                                    (default 60s)
          --edit-timeout TIME       how long an operator's edit outlives its instance
                                    (default 60s)
          --forget-after TIME       forgets each time this has passed, as if it had been
                                    restarted: ephemeral instances are gone,
                                    persistent ones stay (default: never)
          --delay TIME              every answer leaves this much later, at most 600s;
                                    what it answers is done at once, and nobody else
                                    waits for it (default: none)
          --quiet                   no line a request on standard output
          --help                    this text

        Where it listens is said on standard error, in one line. Every request is
        logged on standard output as one line of JSON; GET /beatd/requests?since=N
        gives those after request N. GET / is a page that shows what there is.

        For tests: --wrong RULE makes the registry break one of its rules; repeat it
        for more. The rules:

        \(ruleList)
        """

    private static var ruleList: String {
        var lines: [String] = []
        for rule in Rule.allCases {
            let word = rule.rawValue
            if let last = lines.last, last.count + word.count + 2 <= 79 {
                lines[lines.count - 1] = last + "  " + word
            } else {
                lines.append("  " + word)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
