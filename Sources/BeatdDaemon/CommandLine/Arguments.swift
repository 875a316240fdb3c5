import BeatdHost

/// What was asked for on the command line.
struct Arguments: Equatable {
    var command: Command.Name
    var operands: [String] = []
    /// In the order given; `--name value` and `--name=value` are one thing.
    var options: [String: [String]] = [:]

    /// The command line is wrong; exit 64.
    struct Mistake: Error, Equatable { var sentence: String }

    enum Request: Equatable {
        case command(Arguments)
        case version
        case help(Command.Name?)
    }

    /// Parses what stands after the program's name.
    static func parse(_ words: [String]) throws(Mistake) -> Request {
        guard let first = words.first else { return .help(nil) }
        switch first {
        case "--version": return .version
        case "--help", "-h": return .help(nil)
        default: break
        }
        guard let name = Command.Name(rawValue: first) else {
            throw Mistake(sentence: unknown(first, of: Command.Name.allCases.map(\.rawValue), what: "command"))
        }
        let command = Command.named(name)
        var arguments = Arguments(command: name)
        var rest = words.dropFirst()
        var isOperandsOnly = false
        while let word = rest.popFirst() {
            if isOperandsOnly || word == "-" || !word.hasPrefix("-") {
                arguments.operands.append(word)
            } else if word == "--" {
                isOperandsOnly = true
            } else if word == "--help" || word == "-h" {
                return .help(name)
            } else {
                try arguments.take(word, &rest, of: command)
            }
        }
        if let extra = arguments.operands.dropFirst(command.mostOperands).first {
            let most = command.mostOperands == 0 ? "no argument" : "one argument"
            throw Mistake(sentence: "'beatd \(name.rawValue)' takes \(most): '\(extra.prefix(64))'")
        }
        if name == .help { return .help(try helpSubject(arguments.operands)) }
        return .command(arguments)
    }

    private mutating func take(_ word: String, _ rest: inout ArraySlice<String>, of command: Command) throws(Mistake) {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        guard word.hasPrefix("--"), let option = command.options.first(where: { $0.name == name }) else {
            let known = command.options.map { "--\($0.name)" }
            throw Mistake(
                sentence: Self.unknown(
                    String(word.prefix(64)), of: known, what: "option of 'beatd \(command.name.rawValue)'"))
        }
        if options[name] != nil, !option.isRepeatable { throw Mistake(sentence: "--\(name) is given twice") }
        guard option.value != nil else {
            if parts.count > 1 { throw Mistake(sentence: "--\(name) takes no value") }
            options[name] = [""]
            return
        }
        guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
            throw Mistake(sentence: "--\(name) needs a value: --\(name) \(option.value ?? "")")
        }
        options[name, default: []].append(value)
    }

    private static func helpSubject(_ operands: [String]) throws(Mistake) -> Command.Name? {
        guard let word = operands.first else { return nil }
        guard let name = Command.Name(rawValue: word) else {
            throw Mistake(sentence: unknown(word, of: Command.Name.allCases.map(\.rawValue), what: "command"))
        }
        return name
    }

    private static func unknown(_ word: String, of known: [String], what: String) -> String {
        let near = Spelling.nearest(to: word, among: known).map { "; did you mean '\($0)'?" } ?? ""
        return "unknown \(what) '\(word)'\(near)"
    }

    /// The command line that says the same.
    var words: [String] {
        let given = Command.named(command).options.flatMap { option in
            values(option.name).map { option.value == nil ? "--\(option.name)" : "--\(option.name)=\($0)" }
        }
        return [command.rawValue] + given + ["--"] + operands
    }

    func has(_ option: String) -> Bool { options[option] != nil }
    func value(_ option: String) -> String? { options[option]?.last }
    func values(_ option: String) -> [String] { options[option] ?? [] }
}
