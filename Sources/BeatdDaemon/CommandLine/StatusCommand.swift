/// `beatd status`: what every instance does; exit 1 if any is not up.
struct StatusCommand {
    let client: ControlClient
    let isJSON: Bool
    let terminal: Terminal

    func run() -> ExitCode {
        do throws(ControlClient.Failure) {
            let answer = try client.get("/v1/status")
            guard answer.status == 200, let view = StatusView.decode(answer.body) else {
                throw ControlClient.Failure(
                    code: .unavailable, sentence: "\(client.path): the daemon answered \(answer.status)")
            }
            if isJSON {
                terminal.print(String(decoding: answer.body, as: UTF8.self) + "\n")
            } else {
                terminal.print(view.table(width: terminal.width))
            }
            return view.isWell ? .success : .failure
        } catch {
            terminal.complain(error.sentence)
            return error.code
        }
    }
}
