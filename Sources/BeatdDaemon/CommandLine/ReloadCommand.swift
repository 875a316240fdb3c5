/// `beatd reload`: has everything read again, and says what came of it; exit 1 if a new version was refused.
struct ReloadCommand {
    let client: ControlClient
    let isWaiting: Bool
    let terminal: Terminal

    /// For what changed to come up; contract 7.1's own example.
    private static let wait = 60
    /// For the reading itself: a folder of 100,000 files on a slow disk.
    private static let reading = 60

    func run() -> ExitCode {
        let target = isWaiting ? "/v1/reload?wait=\(Self.wait)s" : "/v1/reload"
        do throws(ControlClient.Failure) {
            let patience = Duration.seconds(Self.reading + (isWaiting ? Self.wait : 0))
            let answer = try client.post(target, patience: patience)
            guard let view = ReloadView.decode(answer.body) else { throw client.misunderstood(answer) }
            terminal.print(view.text)
            for refused in view.refused { terminal.complain(refused.text) }
            return view.refused.isEmpty ? .success : .failure
        } catch {
            terminal.complain(error.sentence)
            return error.code
        }
    }
}
