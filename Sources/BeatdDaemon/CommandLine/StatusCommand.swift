import BeatdHost
import FoundationEssentials
import Linux

/// `beatd status [NAME...]`: what every instance does, one in detail, or some; exit 1 if any of those is not up.
struct StatusCommand {
    let client: ControlClient
    /// NAMEs and patterns of them; none: all.
    let names: [String]
    let isJSON: Bool
    let terminal: Terminal

    func run() -> ExitCode {
        do throws(ControlClient.Failure) {
            for name in names where !NamePattern.isPattern(name) && DescriptorName.problem(with: name) != nil {
                // What no file can be called isn't asked for.
                throw ControlClient.Failure(
                    code: .noInput, sentence: "no instance can have the name '\(name.prefix(64))'; see 'beatd status'")
            }
            if names.count == 1, !NamePattern.isPattern(names[0]) { return try show(names[0]) }
            let query = names.map { "name=" + Self.encoded($0) }.joined(separator: "&")
            let answer = try client.get(query.isEmpty ? "/v1/status" : "/v1/status?\(query)")
            guard let view = StatusView.decode(answer.body) else { throw client.misunderstood(answer) }
            print(answer, view.table(width: terminal.width, at: Date()))
            let nobody = names.filter { name in !view.instances.contains { NamePattern.fits(name, $0.name) } }
            for name in nobody { terminal.complain("no instance is called '\(name)'; see 'beatd status'") }
            guard nobody.isEmpty else { return .noInput }
            let isWell = names.isEmpty ? view.isWell : view.instances.allSatisfy(\.isWell)
            return isWell ? .success : .failure
        } catch {
            terminal.complain(error.sentence)
            return error.code
        }
    }

    private func show(_ name: String) throws(ControlClient.Failure) -> ExitCode {
        let answer = try client.get("/v1/instances/\(name)")
        guard var view = InstanceView.decode(answer.body) else { throw client.misunderstood(answer) }
        if !isJSON {
            // Who asks for one instance alone sees nothing else of the registry.
            let status = try client.get("/v1/status?name=\(Self.encoded(name))")
            view.registry = StatusView.decode(status.body)?.registry
        }
        print(answer, view.details(at: Date()))
        return view.isWell ? .success : .failure
    }

    /// Percent-encoded (RFC 3986): a pattern may hold anything.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    private func print(_ answer: ControlClient.Answer, _ text: String) {
        terminal.print(isJSON ? String(decoding: answer.body, as: UTF8.self) + "\n" : text)
    }
}
