/// The text of `beatd help`, made from the table of commands; 80 columns.
enum Help {
    static func text(_ subject: Command.Name?) -> String {
        guard let subject else { return overview }
        let command = Command.named(subject)
        var lines = ["usage: \(command.synopsis)", "", "  \(command.help)"]
        if !command.options.isEmpty { lines.append("") }
        for option in command.options {
            lines.append(row("--\(option.name)\(option.value.map { " \($0)" } ?? "")", option.help))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static var overview: String {
        var lines = ["beatd registers services in Nacos and beats for them exactly while they live.", ""]
        for command in Command.all { lines.append(row(command.name.rawValue, command.help)) }
        lines.append(row("--version", "print the version"))
        lines += [
            "", "beatd help COMMAND shows a command's options. Exit codes: 64 usage, 66 no such",
            "file or instance, 69 daemon not running, 77 not permitted, 78 bad configuration.",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(_ left: String, _ right: String) -> String {
        let width = 14
        let padded = left + String(repeating: " ", count: max(width - left.count, 1))
        let lines = wrapped(right, to: 80 - 2 - max(width, padded.count))
        return lines.enumerated().map { index, line in
            index == 0 ? "  " + padded + line : String(repeating: " ", count: 2 + max(width, padded.count)) + line
        }.joined(separator: "\n")
    }

    private static func wrapped(_ text: String, to width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            if let last = lines.last, !last.isEmpty, last.count + 1 + word.count > width { lines.append("") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
        }
        return lines
    }
}
