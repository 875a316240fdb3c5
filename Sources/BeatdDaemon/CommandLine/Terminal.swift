import Linux

/// Where a command's words go: results to standard output, errors to standard error.
struct Terminal {
    /// Columns of standard output; nil where it is no terminal.
    var width: Int? { Terminals.width(of: 1) }
    /// Whether standard error is one.
    var isInteractive: Bool { Terminals.width(of: 2) != nil }

    func print(_ text: String) { Terminals.write(text, to: 1) }

    /// One sentence: what failed, on what, what to do.
    func complain(_ sentence: String) { Terminals.write(Self.complaint(sentence), to: 2) }

    /// As it stands on standard error.
    static func complaint(_ sentence: String) -> String { "beatd: \(sentence)\n" }
}
