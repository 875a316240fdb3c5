/// One row of the table that is the command line: parsing and help come from it.
struct Command {
    struct Option {
        var name: String
        /// What stands for the value in the help; nil for a switch.
        var value: String?
        var isRepeatable = false
        var help: String
    }

    enum Name: String, CaseIterable { case run, check, status, reload, help }

    var name: Name
    /// How operands are written: `[F...]` for any number, `[NAME]` for one at most; nil where none are taken.
    var operands: String?
    var options: [Option]
    var help: String

    static let config = Option(
        name: "config", value: "F", help: "the agent's configuration, instead of /etc/beatd/beatd.yaml")
    static let set = Option(
        name: "set", value: "K=V", isRepeatable: true, help: "one key of it, e.g. registry.servers=127.0.0.1:8848")
    static let socket = Option(
        name: "socket", value: "PATH", help: "the control socket, instead of /run/beatd/control.sock")

    /// The whole command line.
    static let all = [
        Command(name: .run, operands: nil, options: [config, set], help: "run the daemon in the foreground"),
        Command(
            name: .check, operands: "[F...]",
            options: [
                Option(
                    name: "probe", value: nil, help: "also look once (root: as beatd); exit 2 if any is not alive"),
                config, set,
            ],
            help: "validate the configuration, or descriptors F (files, folders, - for input)"),
        Command(
            name: .status, operands: "[NAME...]",
            options: [Option(name: "json", value: nil, help: "print JSON instead of a table"), socket],
            help: "show every instance, NAME in detail, or those of 'b*'; exit 1 if one isn't up"),
        Command(
            name: .reload, operands: nil,
            options: [
                Option(name: "wait", value: nil, help: "until what changed is up, or says why not; at most 60s"),
                socket,
            ],
            help: "read descriptors and beatd.yaml again now; exit 1 if a new version is refused"),
        Command(name: .help, operands: "[COMMAND]", options: [], help: "show this, or one command's options"),
    ]

    static func named(_ name: Name) -> Command {
        guard let command = all.first(where: { $0.name == name }) else {
            preconditionFailure("the table of commands lacks '\(name.rawValue)'")
        }
        return command
    }

    /// How many operands it takes.
    var mostOperands: Int { operands.map { $0.contains("...") ? .max : 1 } ?? 0 }

    var synopsis: String {
        (["beatd", name.rawValue]
            + options.map { option in
                "[--\(option.name)\(option.value.map { " \($0)" } ?? "")]\(option.isRepeatable ? "..." : "")"
            } + (operands.map { [$0] } ?? [])).joined(separator: " ")
    }
}
