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
        let log = LogOutput.logger(configuration.log, isTerminal: terminal.isInteractive)
        for warning in configuration.warnings { log.warning("Configuration is odd", [("reason", warning.description)]) }
        do throws(Trouble) { return try run(configuration, source, log) } catch {
            terminal.complain(error.sentence)
            return error.code
        }
    }

    /// Why the daemon can't start.
    private struct Trouble: Error {
        var code: ExitCode
        var sentence: String
    }

    private func run(
        _ configuration: AgentConfiguration, _ source: ConfigurationSource, _ log: Logger
    ) throws(Trouble) -> ExitCode {
        let lock = try takeState(configuration.stateDirectory)
        let socket = try takeSocket(configuration.controlSocket)
        defer { try? Files.remove(configuration.controlSocket) }
        if let group = Accounts.group(named: "beatd") {
            try? Files.setGroup(group, of: configuration.controlSocket)
        } else {
            log.info("No group beatd; only root and this user may ask", [("socket", configuration.controlSocket)])
        }
        do throws(StartError) {
            let daemon = try Daemon(configuration, source: source, log: log)
            let code = try daemon.run(control: socket)
            withExtendedLifetime(daemon) {}
            _ = lock
            return code
        } catch { throw Trouble(code: .failure, sentence: error.sentence) }
    }

    private func takeState(_ directory: String) throws(Trouble) -> LockFile {
        do throws(SystemCallError) { try Files.makeFolders(directory, mode: 0o700) } catch {
            throw Trouble(code: .configuration, sentence: "state-directory: \(error); create it, or name another")
        }
        do throws(LockFile.Refusal) { return try LockFile(directory + "/lock") } catch {
            switch error {
            case .held(let pid):
                throw Trouble(
                    code: .temporary,
                    sentence:
                        "another beatd\(Self.named(pid)) runs with state-directory \(directory); stop it, or name another"
                )
            case .failed(let error): throw Trouble(code: .configuration, sentence: "state-directory: \(error)")
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
            switch error {
            case .taken(let pid):
                throw Trouble(
                    code: .temporary,
                    sentence:
                        "control-socket \(path): another process\(Self.named(pid)) listens there; stop it, or name another path"
                )
            case .notASocket:
                throw Trouble(
                    code: .configuration,
                    sentence:
                        "control-socket \(path): something that is no socket is in the way; remove it, or name another path"
                )
            case .tooLong(let limit):
                throw Trouble(
                    code: .configuration,
                    sentence:
                        "control-socket \(path): longer than the \(limit) bytes that a unix socket can have; name a shorter path"
                )
            case .failed(let error): throw Trouble(code: .configuration, sentence: "control-socket: \(error)")
            }
        }
    }

    private static func named(_ pid: Int32?) -> String { pid.map { " (PID \($0))" } ?? "" }
}
