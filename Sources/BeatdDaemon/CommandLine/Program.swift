import BeatdCore
import Linux

/// The program `beatd`: finds the command in the table and runs it.
package enum Program {
    /// Gives the exit code; `words` are what stands after the program's name.
    package static func run(_ words: [String]) -> Int32 {
        let terminal = Terminal()
        do throws(Arguments.Mistake) {
            switch try Arguments.parse(words) {
            case .version: terminal.print("beatd \(Version.current)\n")
            case .help(let subject): terminal.print(Help.text(subject))
            case .command(let arguments): return run(arguments, terminal).rawValue
            }
        } catch {
            terminal.complain("\(error.sentence); see 'beatd help'")
            return ExitCode.usage.rawValue
        }
        return ExitCode.success.rawValue
    }

    private static let controlSocket = "/run/beatd/control.sock"

    private static func client(_ arguments: Arguments) -> ControlClient {
        // The daemon obeys the variable, too: one drop-in serves the unit and its ExecReload=.
        let named = arguments.value("socket") ?? Environment.value("BEATD_CONTROL_SOCKET")
        return ControlClient(path: named ?? controlSocket)
    }

    private static func run(_ arguments: Arguments, _ terminal: Terminal) -> ExitCode {
        switch arguments.command {
        case .run: return RunCommand(arguments: arguments, terminal: terminal).run()
        case .check: return CheckCommand(arguments: arguments, terminal: terminal).run()
        case .status:
            return StatusCommand(
                client: client(arguments), names: arguments.operands, isJSON: arguments.has("json"),
                terminal: terminal
            ).run()
        case .reload:
            return ReloadCommand(client: client(arguments), isWaiting: arguments.has("wait"), terminal: terminal).run()
        case .help: return .success
        }
    }
}
