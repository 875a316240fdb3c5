import Linux
import TestSupport

/// One finished run of a program: what it printed and how it ended.
struct Command {
    var output: String
    var error: String
    /// Its exit code, or 128 and the signal that killed it, as a shell counts.
    var code: Int32

    /// Runs `beatd` with these words; one that would run on is killed at the limit.
    static func beatd(_ words: String..., input: String? = nil, limit: Duration = .seconds(20)) throws -> Command {
        try run(Surroundings.product("beatd"), words, input: input, limit: limit)
    }

    /// `input` is what it reads on standard input; nothing where it is nil.
    static func run(
        _ program: String, _ words: [String], input: String? = nil, limit: Duration = .seconds(20)
    ) throws -> Command {
        let folder = try TemporaryDirectory()
        try folder.write(input ?? "", to: "input")
        let line = "exec \"$0\" \"$@\" <'\(folder.path("input"))'"
        let process = try TestProcess(
            "/bin/sh", ["-c", line, program] + words, error: .file(folder.path("error")))
        let ending = try process.awaitEnding(limit: limit)
        let code =
            switch ending {
            case .exited(let code): code
            case .killed(let signal): 128 + signal
            }
        return Command(output: process.printed, error: try TextFile.read(folder.path("error")), code: code)
    }
}
