import Linux

/// Runs a command of root's again as the user that the daemon runs as, who may see less.
///
/// setpriv(1) becomes that user; util-linux is everywhere that a package makes users.
enum AsDaemon {
    private static let setpriv = "/usr/bin/setpriv"
    private static let user = "beatd"

    /// What root's looks are worth.
    enum Standing {
        /// They are made as whoever runs the command.
        case ourselves
        case again
        /// There is no user to become.
        case root
    }

    /// The package makes user and group of that name together.
    static var standing: Standing {
        guard Accounts.user == 0 else { return .ourselves }
        return Accounts.group(named: user) == nil ? .root : .again
    }

    /// Gives what the command ended with; its words go where ours do.
    static func run(_ arguments: Arguments) throws(SystemCallError) -> ExitCode {
        let program = ProcessFacts(Accounts.pid)?.executable ?? "beatd"
        var child = try ChildProcess(
            setpriv, words(for: arguments, program: program), environment: Environment.lines, input: .inherited,
            output: .inherited, error: .inherited)
        guard case .exited(let code) = child.wait() else { return .failure }
        return ExitCode(rawValue: code) ?? .failure
    }

    /// What stands behind setpriv's own name.
    static func words(for arguments: Arguments, program: String) -> [String] {
        ["--reuid", user, "--regid", user, "--init-groups", "--", program] + arguments.words
    }
}
