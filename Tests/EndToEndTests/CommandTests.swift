import FoundationEssentials
import Glibc
import Linux
import TestSupport
import Testing

/// The commands of contract 5, with their exit codes and their one sentence each.
@Suite struct CommandTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func configuration(_ text: String) throws -> String { try folder.write(text, to: "beatd.yaml") }

    /// One line, for people, that names its program.
    private func expectSentence(_ command: Command, _ part: String) {
        #expect(command.error.contains(part), "\(command)")
        #expect(command.error.hasPrefix("beatd: "), "\(command)")
        #expect(command.error.split(separator: "\n").count == 1, "\(command)")
    }

    @Test(arguments: [
        ("registry: { servers: [127.0.0.1:1], tiemout: 3s }", "timeout"), ("registry: [", "beatd.yaml"),
        ("stop-timeout: 10", "stop-timeout"), ("registry: { fail-fast: true }", "later version"),
        ("log: { level: loud }", "log.level"),
    ])
    func `a bad beatd yaml is 78 for run and 1 for check, with its place and key`(text: String, part: String) throws {
        let path = try configuration(text)
        let run = try Command.beatd("run", "--config", path)
        #expect(run.code == 78)
        expectSentence(run, part)
        #expect(run.error.contains(path))
        let check = try Command.beatd("check", "--config", path)
        #expect(check.code == 1)
        expectSentence(check, part)
    }

    @Test func `a named configuration that is missing is 78 for run and 66 for check`() throws {
        let run = try Command.beatd("run", "--config", folder.path("nowhere.yaml"))
        #expect(run.code == 78)
        expectSentence(run, "nowhere.yaml")
        let check = try Command.beatd("check", "--config", folder.path("nowhere.yaml"))
        #expect(check.code == 66)
        expectSentence(check, "nowhere.yaml")
    }

    @Test func `a configuration that others may write is refused by run`() throws {
        let path = try configuration("stop-timeout: 10s\n")
        try Files.setMode(0o666, of: path)
        let run = try Command.beatd("run", "--config", path)
        #expect(run.code == 78)
        expectSentence(run, "may be written by group or others")
    }

    @Test func `a configuration that is a link out of its folder is refused by run, one within it is taken`() throws {
        let folder = try folder.makeFolder("etc")
        let path = try configuration("stop-timeout: 10\n")
        #expect(unsafe symlink(path, "\(folder)/beatd.yaml") == 0)
        let out = try Command.beatd("run", "--config", "\(folder)/beatd.yaml")
        #expect(out.code == 78)
        expectSentence(out, "\(folder)/beatd.yaml: the file is a symbolic link out of its folder")
        try self.folder.write("stop-timeout: 10\n", to: "etc/real.yaml")
        #expect(unsafe unlink("\(folder)/beatd.yaml") == 0 && symlink("real.yaml", "\(folder)/beatd.yaml") == 0)
        let within = try Command.beatd("run", "--config", "\(folder)/beatd.yaml")
        expectSentence(within, "'stop-timeout' is the bare number 10")
    }

    @Test func `a wrong key in the environment or in --set is 78 as well`() throws {
        let path = try configuration("stop-timeout: 10s\n")
        let run = try Command.beatd("run", "--config", path, "--set", "registry.timeout=soon")
        #expect(run.code == 78)
        expectSentence(run, "registry.timeout")
    }

    @Test func `without a daemon status is 69 and says where it looked`() throws {
        let status = try Command.beatd("status", "--socket", folder.path("no.sock"))
        #expect(status.code == 69)
        expectSentence(status, folder.path("no.sock"))
        #expect(status.output.isEmpty)
    }

    @Test(arguments: [["status", "--jsno"], ["stauts"], ["run", "extra"], ["run", "--config"]])
    func `words that mean nothing are 64`(words: [String]) throws {
        let command = try Command.run(Surroundings.product("beatd"), words)
        #expect(command.code == 64)
        expectSentence(command, "help")
    }

    @Test func `help and version go to standard output, in 80 columns`() throws {
        let help = try Command.beatd("help")
        #expect(help.code == 0)
        #expect(help.error.isEmpty)
        #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        for word in ["run", "check", "status", "reload"] { #expect(help.output.contains(word)) }
        let version = try Command.beatd("--version")
        #expect(version.code == 0)
        #expect(version.output == "beatd 0.1.0\n")
    }

    // MARK: check

    private let good = "service: billing\nport: 9100\nprobes: [{tcp: 9100}]\n"

    @Test func `check takes a good descriptor by any name, and from standard input`() throws {
        let path = try configuration("stop-timeout: 10s\n")
        let file = try folder.write(good, to: "billing.yaml.new")
        let check = try Command.beatd("check", "--config", path, file)
        #expect(check.code == 0)
        #expect(check.output == "\(file): good\n")
        let input = try Command.beatd("check", "--config", path, "-", input: good)
        #expect(input.code == 0)
        #expect(input.output == "standard input: good\n")
    }

    @Test func `check of a bad descriptor is 1 with file, line and key, and of a missing one 66`() throws {
        let path = try configuration("stop-timeout: 10s\n")
        let file = try folder.write(good + "wieght: 2\n", to: "billing.yaml")
        let check = try Command.beatd("check", "--config", path, file)
        #expect(check.code == 1)
        #expect(check.error.contains("\(file):4"), "\(check)")
        #expect(check.error.contains("did you mean 'weight'"), "\(check)")
        let input = try Command.beatd("check", "--config", path, "-", input: good + "wieght: 2\n")
        #expect(input.code == 1)
        #expect(input.error.contains("standard input:4"), "\(input)")
        let missing = try Command.beatd("check", "--config", path, folder.path("nothing.yaml"))
        #expect(missing.code == 66)
        #expect(missing.error == "beatd: no such file: \(folder.path("nothing.yaml"))\n")
        #expect(unsafe symlink("self.yaml", folder.path("self.yaml")) == 0)
        let loop = try Command.beatd("check", "--config", path, folder.path("self.yaml"))
        #expect(loop.code == 1)
        expectSentence(loop, "is a symbolic link that leads to itself")
        let warned = try Command.beatd(
            "check", "--config", path, "-", input: good + "beat: { interval: 7s, timeout: 15s }\n")
        #expect(warned.code == 0, "a warning is no error")
        #expect(warned.output.contains("warning"))
    }

    @Test func `check without files judges the folder as the daemon would`() throws {
        try folder.makeFolder("d")
        let path = try configuration("descriptors: { directory: \(folder.path("d")) }\n")
        try folder.write(good, to: "d/a.yaml")
        #expect(try Command.beatd("check", "--config", path).code == 0)
        try folder.write(good, to: "d/b.yaml")
        try Files.setMode(0o666, of: folder.path("d/b.yaml"))
        let check = try Command.beatd("check", "--config", path)
        #expect(check.code == 1)
        #expect(check.error.contains("b.yaml"))
        #expect(check.output.contains("1 refused"))
    }

    @Test func `check of a folder is check of its files, with each error of each`() throws {
        let path = try configuration("stop-timeout: 10s\n")
        let d = try folder.makeFolder("d")
        try folder.write(good, to: "d/a.yaml")
        try folder.write("service: b\nprot: 1\nweight: x\nprobes: [tcp: 1]\n", to: "d/b.yaml")
        try folder.write("no descriptor", to: "d/README")
        try folder.write(good, to: "d/a.json")
        let check = try Command.beatd("check", "--config", path, d)
        #expect(check.code == 1)
        #expect(check.output == "1 descriptor good, 2 refused\n")
        #expect(check.error.contains("beatd: \(d)/b.yaml:2: unknown key 'prot'; did you mean 'port'?\n"), "\(check)")
        #expect(check.error.contains("beatd: \(d)/b.yaml:3: 'weight' is 'x'"), "\(check)")
        #expect(check.error.contains("beatd: \(d)/a.yaml: the name 'a' is that of a.json"), "\(check)")
        #expect(check.error.split(separator: "\n").count == 3, "\(check)")
    }

    @Test func `check and run refuse the same: twins, and probes of other hosts`() throws {
        let registry = try Registry()
        let agent = try Agent(registry: registry.address, isStarted: false)
        try agent.drop(good, as: "a.yaml")
        try agent.drop(good, as: "b.yaml")
        try agent.drop("service: far\nport: 1\nprobes: [{tcp: '192.0.2.9:80'}]\n", as: "far.yaml")
        try agent.start()
        let status = try agent.wait { $0.rejected.count == 2 }
        let said = status.rejected.map { "beatd: \($0.file)\($0.line.map { ":\($0)" } ?? ""): \($0.error)" }
        for words in [[], [agent.descriptors.path]] {
            let check = try Command.run(
                Surroundings.product("beatd"), ["check", "--config", agent.configuration] + words)
            #expect(check.code == 1)
            let lines = check.error.replacing("\(agent.descriptors.path)/", with: "").split(separator: "\n")
            #expect(lines.map(String.init).sorted() == said.sorted(), "\(check)")
        }
    }

    // MARK: check --probe

    @Test func `check --probe looks once at each file, prints each outcome, and is 2 where one is not alive`() throws {
        let registry = try Registry()
        let path = try configuration("registry: { servers: [\(registry.address)] }\n")
        let service = try LegacyService(in: folder, name: "billing")
        let file = try folder.write(Agent.descriptor("billing", guarding: service), to: "billing.yaml")
        let other = try folder.makeFolder("other")
        let twin = try folder.write(
            Agent.descriptor("billing", guarding: service, more: "group: OTHER"), to: "other/billing.yaml")
        #expect(!other.isEmpty)
        let alive = try Command.beatd("check", "--probe", "--config", path, file, twin)
        #expect(alive.code == 0, "\(alive)")
        for file in [file, twin] {
            #expect(alive.output.contains("\(file): pidfile \(service.pidfile): alive\n"), "\(alive)")
            #expect(alive.output.contains("\(file): tcp 127.0.0.1:\(service.port): alive\n"), "\(alive)")
        }
        try service.kill()
        let dead = try Command.beatd("check", "--probe", "--config", path, file)
        #expect(dead.code == 2)
        #expect(dead.output.contains("\(file): good\n"))
        #expect(dead.output.contains("\(file): tcp 127.0.0.1:\(service.port): gone; "), "\(dead)")
        let input = try Command.beatd("check", "--probe", "--config", path, "-", input: good)
        #expect(input.output.contains("standard input: tcp 127.0.0.1:9100: "), "\(input)")
        #expect(try registry.requests().isEmpty)
    }

    @Test func `check --probe without files looks at all that is installed, more than one round of looks`() throws {
        try folder.makeFolder("d")
        let text = "descriptors: { directory: \(folder.path("d")) }\nprobes: { max-in-flight: 2 }\n"
        let path = try configuration(text)
        let service = try LegacyService(in: folder, name: "billing")
        for name in 1...9 {
            let text = "service: s\nport: \(name)\nprobes: [{tcp: { port: \(service.port), interval: \(name)s }}]\n"
            try folder.write(text, to: "d/\(name).yaml")
        }
        let check = try Command.beatd("check", "--probe", "--config", path)
        #expect(check.code == 0, "\(check)")
        for name in 1...9 { #expect(check.output.contains("\(name).yaml: tcp 127.0.0.1:\(service.port): alive\n")) }
        try folder.write("service: s\n", to: "d/bad.yaml")
        let bad = try Command.beatd("check", "--probe", "--config", path)
        #expect(bad.code == 1)
        #expect(bad.output.contains("9.yaml: tcp"), "good files are looked at all the same")
    }

    /// Whether a file may be laid over another for one process alone (mount_namespaces(7)).
    private static let mayMount = (try? Command.run("/usr/bin/unshare", ["-m", "true"]))?.code == 0

    @Test(.enabled(if: mayMount, "needs root that may mount: it makes a user beatd that nobody else sees"))
    func `root's check --probe sees what user beatd sees`() throws {
        #expect(try Command.run("/bin/cp", [Surroundings.product("beatd"), folder.path("beatd")]).code == 0)
        try Files.setMode(0o755, of: folder.path)
        let path = try configuration("stop-timeout: 10s\n")
        try Files.setMode(0o644, of: path)
        let users = try folder.write(try TextFile.read("/etc/passwd") + "beatd:x:64999:64999::/:/bin/false\n", to: "p")
        let groups = try folder.write(try TextFile.read("/etc/group") + "beatd:x:64999:\n", to: "g")
        for file in [users, groups] { try Files.setMode(0o644, of: file) }
        let port = try Ports.free()
        let text = "service: a\nport: 1\nprobes: [{tcp: \(port)}]\n"
        try Files.setMode(0o644, of: try folder.write(text, to: "open.yaml"))
        try Files.setMode(0o600, of: try folder.write(text, to: "closed.yaml"))
        func asRoot(_ words: String...) throws -> Command {
            let line =
                "mount --make-rprivate / && mount --bind \(users) /etc/passwd && mount --bind \(groups) /etc/group"
                + " && exec \"$0\" check --probe --config \(path) \"$@\""
            return try Command.run(
                "/usr/bin/unshare", ["-m", "/bin/sh", "-c", line, folder.path("beatd")] + words)
        }
        let open = try asRoot(folder.path("open.yaml"))
        #expect(open.code == 2)
        #expect(open.output.contains("open.yaml: tcp 127.0.0.1:\(port): gone; "), "\(open)")
        #expect(!open.output.contains("seen as root"), "\(open)")
        let closed = try asRoot(folder.path("closed.yaml"))
        #expect(closed.code == 1)
        #expect(closed.error.contains("Permission denied"), "\(closed)")
        #expect(try asRoot(folder.path("nowhere.yaml")).code == 66)
    }
}
