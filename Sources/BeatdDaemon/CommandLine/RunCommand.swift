import BeatdHost
import HTTPClient
import Linux
import Log

/// `beatd run`: the daemon in the foreground.
struct RunCommand {
    let arguments: Arguments
    let terminal: Terminal

    func run() -> ExitCode {
        if let refusal = Library.running.refusal {
            terminal.complain(refusal)
            return .configuration
        }
        let source = ConfigurationSource(arguments, isJudged: true)
        let configuration: AgentConfiguration
        do throws(ConfigurationSource.Trouble) { configuration = try source.load() } catch {
            terminal.complain(error.sentence)
            return .configuration
        }
        Heap.shareOneArena()
        Heap.keepLargeBlocksApart()
        Limits.ignoreBrokenPipes()
        Limits.raiseDescriptors()
        do throws(SystemCallError) {
            let output = try LogOutput(configuration.log, isTerminal: terminal.isInteractive)
            defer { output.flush() }
            return run(configuration, source, output)
        } catch {
            terminal.complain("beatd can't start: \(error)")
            return .failure
        }
    }

    private func run(
        _ configuration: AgentConfiguration, _ source: ConfigurationSource, _ output: LogOutput
    ) -> ExitCode {
        for warning in configuration.warnings {
            output.logger.warning("Configuration is odd", [("reason", .text(warning.description))])
        }
        do throws(Trouble) { return try start(configuration, source, output.logger) } catch {
            output.complain(error.sentence)
            return error.code
        }
    }

    /// Why the daemon can't start.
    private struct Trouble: Error {
        var code: ExitCode
        var sentence: String
    }

    private func start(
        _ configuration: AgentConfiguration, _ source: ConfigurationSource, _ log: Logger
    ) throws(Trouble) -> ExitCode {
        let lock = try takeState(configuration.stateDirectory, log)
        let socket = try takeSocket(configuration.controlSocket)
        defer { try? Files.remove(configuration.controlSocket) }
        do throws(StartError) {
            let daemon = try Daemon(configuration, source: source, log: log)
            let code = try daemon.run(control: socket)
            withExtendedLifetime(daemon) {}
            _ = lock
            return code
        } catch { throw Trouble(code: .failure, sentence: error.sentence) }
    }

    /// One that can't be had stops nothing: what can't be remembered is said, and the control socket still keeps a second
    /// beatd out.
    private func takeState(_ directory: String, _ log: Logger) throws(Trouble) -> LockFile? {
        do throws(SystemCallError) { try Files.makeFolders(directory, mode: 0o700) } catch {
            log.warning(
                "No state directory; create it, or name another as state-directory",
                [("directory", .text(directory)), ("reason", .text(error.description))])
            return nil
        }
        do throws(LockFile.Refusal) { return try LockFile(directory + "/lock") } catch {
            switch error {
            case .held(let pid):
                throw Trouble(
                    code: .temporary,
                    sentence:
                        "another beatd\(Self.named(pid)) runs with state-directory \(directory); stop it, or name another"
                )
            case .failed(let error):
                log.warning(
                    "State directory not locked; a second beatd could use it",
                    [("directory", .text(directory)), ("reason", .text(error.description))])
                return nil
            }
        }
    }

    private func takeSocket(_ path: String) throws(Trouble) -> Descriptor {
        if let end = path.lastIndex(of: "/") {
            do throws(SystemCallError) { try Files.makeFolders(String(path[..<end])) } catch {
                throw Trouble(
                    code: .configuration, sentence: "control-socket: \(error); create the folder, or name another path")
            }
        }
        do throws(Sockets.UnixRefusal) { return try Sockets.listen(onUnix: path, mode: 0o660) } catch {
            let code: ExitCode = if case .taken = error { .temporary } else { .configuration }
            throw Trouble(code: code, sentence: "control-socket \(path): \(error.sentence)")
        }
    }

    private static func named(_ pid: Int32?) -> String { pid.map { " (PID \($0))" } ?? "" }
}
