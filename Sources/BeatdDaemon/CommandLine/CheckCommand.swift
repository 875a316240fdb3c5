import BeatdCore
import BeatdHost
import Linux
import Systemd

/// `beatd check`: decodes and validates; registers nothing, and looks once at what is named only with `--probe`.
///
/// Exit 1 on errors, 2 where all is good and `--probe` sees anything that isn't alive; warnings alone are 0.
struct CheckCommand {
    let arguments: Arguments
    let terminal: Terminal

    func run() -> ExitCode {
        guard arguments.has("probe") else { return check() }
        switch AsDaemon.standing {
        case .ourselves: break
        case .root: terminal.print("warning: there is no user beatd, so what follows was seen as root\n")
        case .again:
            // A child that reads a terminal in the background is stopped (credentials(7), tty_ioctl(4)).
            if arguments.operands.contains("-"), Terminals.width(of: 0) != nil {
                terminal.complain("standard input is a terminal, which user beatd can't read; name a file")
                return .usage
            }
            do throws(SystemCallError) { return try AsDaemon.run(arguments) } catch {
                terminal.complain("can't look as user beatd (\(error)); install util-linux, or run this as that user")
                return .failure
            }
        }
        return check()
    }

    private func check() -> ExitCode {
        do throws(SystemCallError) { return check(try Patience()) } catch {
            terminal.complain("can't check: \(error)")
            return .failure
        }
    }

    private func check(_ patience: Patience) -> ExitCode {
        // Owner and mode of beatd.yaml are judged where the daemon would read it.
        let source = ConfigurationSource(arguments, isJudged: arguments.operands.isEmpty)
        let configuration: AgentConfiguration
        do throws(ConfigurationSource.Trouble) { configuration = try source.load(patience) } catch {
            for sentence in error.sentences { terminal.complain(sentence) }
            if case .missing = error { return .noInput }
            return .failure
        }
        for warning in configuration.warnings { terminal.print("warning: \(warning)\n") }
        var files = CheckedFiles(configuration.descriptors)
        if arguments.operands.isEmpty { files.readInstalled(patience) }
        for operand in arguments.operands { files.read(operand, patience) }
        let servers = configuration.settings.registry.servers
        files.refuseTwins(among: HostAddresses.read(towards: servers.prefix(1).map(\.host)))
        for warning in files.warnings { terminal.print("warning: \(warning)\n") }
        for complaint in files.complaints { terminal.complain(complaint) }
        for found in files.good where found.isNamed { terminal.print("\(found.shown): good\n") }
        let seen = arguments.has("probe") ? probe(files.good, configuration) : .success
        if let folder = files.summary { terminal.print(folder) }
        if files.isMissing { return .noInput }
        return files.complaints.isEmpty ? seen : .failure
    }

    /// Looks once at all of them, together; prints each look.
    private func probe(_ found: [CheckedFiles.Found], _ configuration: AgentConfiguration) -> ExitCode {
        let looks: [[InstanceStatus.Probe]]
        do throws(SystemCallError) {
            looks = try ProbeRound(settings: configuration.settings).perform(found.map(\.descriptor))
        } catch {
            terminal.complain("can't look: \(error)")
            return .failure
        }
        for (file, probes) in zip(found, looks) {
            for probe in probes {
                let outcome = probe.look?.outcome.rawValue ?? "not looked at in time"
                let reason = probe.look?.reason.map { "; \($0)" } ?? ""
                terminal.print("\(file.shown): \(probe.kind) \(probe.target): \(outcome)\(reason)\n")
            }
        }
        let isAlive = looks.allSatisfy { $0.allSatisfy { $0.look?.outcome == .alive } }
        return isAlive ? .success : .notAlive
    }
}
