import BeatdHost
import HTTPClient
import Linux
import Log
import Systemd

/// `beatd run`: the daemon in the foreground.
struct RunCommand {
    let arguments: Arguments
    let terminal: Terminal

    func run() -> ExitCode {
        if let refusal = Library.running.refusal {
            terminal.complain(refusal)
            return .configuration
        }
        Heap.shareOneArena()
        Heap.keepLargeBlocksApart()
        Limits.ignoreBrokenPipes()
        Limits.raiseDescriptors()
        do throws(SystemCallError) { return run(try Patience()) } catch {
            terminal.complain("beatd can't start: \(error)")
            return .failure
        }
    }

    private func run(_ patience: Patience) -> ExitCode {
        let source = ConfigurationSource(arguments, isJudged: true)
        let configuration: AgentConfiguration
        do throws(ConfigurationSource.Trouble) { configuration = try source.load(patience) } catch {
            for sentence in error.sentences { terminal.complain(sentence) }
            return .configuration
        }
        do throws(SystemCallError) {
            let output = try LogOutput(configuration.log, isTerminal: terminal.isInteractive)
            defer { output.flush() }
            return run(configuration, source, patience, output)
        } catch {
            terminal.complain("beatd can't start: \(error)")
            return .failure
        }
    }

    private func run(
        _ configuration: AgentConfiguration, _ source: ConfigurationSource, _ patience: Patience, _ output: LogOutput
    ) -> ExitCode {
        for warning in configuration.warnings {
            output.logger.warning("Configuration is odd", [("reason", .text(warning.description))])
        }
        do throws(Trouble) { return try start(configuration, source, patience, output.logger) } catch {
            output.complain(error.sentence)
            return error.code
        }
    }

    /// Why the daemon can't start.
    private struct Trouble: Error {
        var code: ExitCode
        var sentence: String
    }

    /// A file system that doesn't answer for longer is done without, or named.
    private static let patience = Duration.seconds(2)

    private func start(
        _ configuration: AgentConfiguration, _ source: ConfigurationSource, _ patience: Patience, _ log: Logger
    ) throws(Trouble) -> ExitCode {
        let lock = try takeState(configuration.stateDirectory, patience, log)
        let path = configuration.controlSocket
        let socket = try takeSocket(path, patience)
        var deeds = [LastDeeds.Deed(path: path) { try? Files.remove(path) }]
        if let lock {
            deeds.append(LastDeeds.Deed(path: configuration.stateDirectory) { LockFile.release(lock) })
        }
        do throws(StartError) {
            let daemon = try Daemon(
                configuration, source: source, log: log, patience: patience,
                deeds: LastDeeds(deeds, patience))
            let code = try daemon.run(control: socket)
            withExtendedLifetime(daemon) {}
            return code
        } catch {
            try? Files.remove(path)
            throw Trouble(code: .failure, sentence: error.sentence)
        }
    }

    /// What became of the state directory and its lock, whose descriptor it gives.
    private enum Taken {
        case lock(Int32)
        case noFolder(SystemCallError)
        case refused(LockFile.Refusal)
    }

    private static func take(_ directory: String) -> Taken {
        do throws(SystemCallError) { try Files.makeFolders(directory, mode: 0o700) } catch { return .noFolder(error) }
        do throws(LockFile.Refusal) { return .lock(try LockFile(directory + "/lock").take()) } catch {
            return .refused(error)
        }
    }

    /// One that can't be had stops nothing: what can't be remembered is said, and the control socket still keeps a second
    /// beatd out.
    private func takeState(
        _ directory: String, _ patience: Patience, _ log: Logger
    ) throws(Trouble) -> Int32? {
        func warn(_ message: String, _ reason: String) {
            log.warning(message, [("directory", .text(directory)), ("reason", .text(reason))])
        }
        let taken: Taken
        do throws(Silence) {
            taken = try patience.run(StateKeeper.lane, at: directory, within: Self.patience) { Self.take(directory) }
        } catch {
            warn("State directory not in use; what was registered before is not known", error.sentence)
            return nil
        }
        switch taken {
        case .lock(let number): return number
        case .noFolder(let error):
            warn("No state directory; create it, or name another as state-directory", error.description)
        case .refused(.failed(let error)):
            warn("State directory not locked; a second beatd could use it", error.description)
        case .refused(.held(let pid)):
            throw Trouble(
                code: .temporary,
                sentence:
                    "another beatd\(Self.named(pid)) runs with state-directory \(directory); stop it, or name another")
        }
        return nil
    }

    private func takeSocket(_ path: String, _ patience: Patience) throws(Trouble) -> Descriptor {
        let taken: Result<Int32, Trouble>
        do throws(Silence) {
            taken = try patience.run("control", at: path, within: Self.patience) {
                Result { () throws(Trouble) in try Self.takeSocket(path).take() }
            }
        } catch {
            throw Trouble(code: .configuration, sentence: "control-socket \(path): \(error.sentence)")
        }
        return Descriptor(taking: try taken.get())
    }

    private static func takeSocket(_ path: String) throws(Trouble) -> Descriptor {
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
