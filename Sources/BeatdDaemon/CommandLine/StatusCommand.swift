import BeatdHost

/// `beatd status [NAME]`: what every instance does, or one in detail; exit 1 if any of those is not up.
struct StatusCommand {
    let client: ControlClient
    /// nil: all of them.
    let name: String?
    let isJSON: Bool
    let terminal: Terminal

    func run() -> ExitCode {
        do throws(ControlClient.Failure) {
            if let name { return try show(name) }
            let answer = try client.get("/v1/status")
            guard let view = StatusView.decode(answer.body) else { throw client.misunderstood(answer) }
            print(answer, view.table(width: terminal.width))
            return view.isWell ? .success : .failure
        } catch {
            terminal.complain(error.sentence)
            return error.code
        }
    }

    private func show(_ name: String) throws(ControlClient.Failure) -> ExitCode {
        // What no file can be called isn't asked for.
        if DescriptorName.problem(with: name) != nil {
            throw ControlClient.Failure(code: .noInput, sentence: "no instance can have that name; see 'beatd status'")
        }
        let answer = try client.get("/v1/instances/\(name)")
        guard let view = InstanceView.decode(answer.body) else { throw client.misunderstood(answer) }
        print(answer, view.details)
        return view.isWell ? .success : .failure
    }

    private func print(_ answer: ControlClient.Answer, _ text: String) {
        terminal.print(isJSON ? String(decoding: answer.body, as: UTF8.self) + "\n" : text)
    }
}
