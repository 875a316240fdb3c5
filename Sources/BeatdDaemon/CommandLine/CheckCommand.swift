import BeatdCore
import BeatdHost
import Linux

/// `beatd check`: decodes and validates; registers nothing, and looks once at what is named only with `--probe`.
///
/// Exit 1 on errors, and where `--probe` sees anything that isn't alive; warnings alone are 0.
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
        // Owner and mode of beatd.yaml are judged where the daemon would read it.
        let source = ConfigurationSource(arguments, isJudged: arguments.operands.isEmpty)
        let configuration: AgentConfiguration
        do throws(ConfigurationSource.Trouble) { configuration = try source.load() } catch {
            terminal.complain(error.sentence)
            if case .missing = error { return .noInput }
            return .failure
        }
        for warning in configuration.warnings { terminal.print("warning: \(warning)\n") }
        return arguments.operands.isEmpty ? checkInstalled(source, configuration) : checkFiles(configuration)
    }

    /// Without operands: beatd.yaml, and every descriptor in its folder as the daemon would take it.
    private func checkInstalled(_ source: ConfigurationSource, _ configuration: AgentConfiguration) -> ExitCode {
        let report = DescriptorReport.read(configuration.descriptors)
        for (_, warnings) in report.warnings.sorted(by: { $0.key < $1.key }) {
            for warning in warnings { terminal.print("warning: \(warning)\n") }
        }
        for rejection in report.set.rejected {
            let line = rejection.line.map { ":\($0)" } ?? ""
            terminal.complain("\(rejection.file)\(line): \(rejection.error)")
        }
        if let problem = report.problem { terminal.complain(problem) }
        let found = report.set.accepted.map { (shown: $0.file, descriptor: $0) }
        let seen = arguments.has("probe") ? probe(found, configuration) : .success
        let count = report.set.accepted.count
        terminal.print("\(count) descriptor\(count == 1 ? "" : "s") good, \(report.set.rejected.count) refused\n")
        return report.set.rejected.isEmpty && report.problem == nil ? seen : .failure
    }

    private func checkFiles(_ configuration: AgentConfiguration) -> ExitCode {
        var worst = ExitCode.success
        var good: [Found] = []
        for operand in arguments.operands {
            let code = check(operand, configuration, &good)
            if worst == .success || code == .noInput { worst = code == .success ? worst : code }
        }
        let seen = arguments.has("probe") ? probe(good, configuration) : .success
        return worst == .success ? seen : worst
    }

    /// A good descriptor, and the file as people know it.
    private typealias Found = (shown: String, descriptor: InstanceDescriptor)

    /// Looks once at all of them, together; prints each look.
    private func probe(_ found: [Found], _ configuration: AgentConfiguration) -> ExitCode {
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
        return isAlive ? .success : .failure
    }

    private func check(
        _ operand: String, _ configuration: AgentConfiguration, _ good: inout [Found]
    ) -> ExitCode {
        let shown = operand == "-" ? "standard input" : operand
        let bytes: [UInt8]
        do throws(SystemCallError) {
            let file = operand == "-" ? try Files.standardInput() : try Files.open(operand)
            bytes = try Files.read(file, limit: DescriptorDecoding.largestFile + 1)
            let settings = configuration.descriptors
            let isJudged = !settings.allowUnsafe && FileSafety.isInside(operand, folder: settings.directory)
            if isJudged, let why = FileSafety.problem(with: try Files.status(of: file)) {
                terminal.complain("\(shown): the file \(why)")
                return .failure
            }
        } catch {
            terminal.complain(error.description)
            return error.isNotFound ? .noInput : .failure
        }
        do throws(InputError) {
            let decoding = DescriptorDecoding(defaults: configuration.descriptors.defaults)
            let decoded = try decoding.decode(bytes, name: Self.name(of: operand), file: shown)
            let address = decoded.descriptor.addressWarning(in: HostAddresses.read())
            for warning in decoded.warnings + [address].compactMap(\.self) { terminal.print("warning: \(warning)\n") }
            terminal.print("\(shown): good\n")
            good.append((shown, decoded.descriptor))
            return .success
        } catch {
            terminal.complain(error.description)
            return .failure
        }
    }

    /// What stands before the suffix of the file's name, of whatever form.
    private static func name(of operand: String) -> String {
        let last = operand.split(separator: "/").last.map(String.init) ?? operand
        return last.lastIndex(of: ".").map { String(last[..<$0]) } ?? last
    }
}
