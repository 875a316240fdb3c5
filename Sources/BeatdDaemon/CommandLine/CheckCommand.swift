import BeatdCore
import BeatdHost
import Linux

/// `beatd check`: decodes and validates; registers nothing, looks at nothing.
///
/// Exit 1 on errors; warnings alone are 0.
struct CheckCommand {
    let arguments: Arguments
    let terminal: Terminal

    func run() -> ExitCode {
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
        let count = report.set.accepted.count
        terminal.print("\(count) descriptor\(count == 1 ? "" : "s") good, \(report.set.rejected.count) refused\n")
        return report.set.rejected.isEmpty && report.problem == nil ? .success : .failure
    }

    private func checkFiles(_ configuration: AgentConfiguration) -> ExitCode {
        var worst = ExitCode.success
        for operand in arguments.operands {
            let code = check(operand, configuration)
            if worst == .success || code == .noInput { worst = code == .success ? worst : code }
        }
        return worst
    }

    private func check(_ operand: String, _ configuration: AgentConfiguration) -> ExitCode {
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
