import Testing

@testable import BeatdDaemon

@Suite struct ArgumentsTests {
    @Test func `options are taken with a blank or an equals sign, repeatable ones in order`() throws {
        let parsed = try Arguments.parse(["run", "--config", "/a.yaml", "--set", "a=b", "--set=c=d"])
        var expected = Arguments(command: .run)
        expected.options = ["config": ["/a.yaml"], "set": ["a=b", "c=d"]]
        #expect(parsed == .command(expected))
    }

    @Test func `what stands after two dashes, and a single one, are operands`() throws {
        guard case .command(let parsed) = try Arguments.parse(["check", "-", "--", "--odd.yaml"]) else {
            Issue.record("no command")
            return
        }
        #expect(parsed.operands == ["-", "--odd.yaml"])
    }

    @Test(arguments: [
        (["statsu"], "unknown command 'statsu'; did you mean 'status'?"),
        (["status", "--jsn"], "unknown option of 'beatd status' '--jsn'; did you mean '--json'?"),
        (["status", "--json=1"], "--json takes no value"),
        (["run", "--config"], "--config needs a value: --config F"),
        (["run", "--config", "a", "--config", "b"], "--config is given twice"),
        (["run", "extra"], "'beatd run' takes no argument: 'extra'"),
        (["help", "run", "check"], "'beatd help' takes one argument: 'check'"),
        (["help", "frob"], "unknown command 'frob'"),
    ]) func `a mistake is named, with what was probably meant`(_ words: [String], _ sentence: String) {
        #expect(throws: Arguments.Mistake(sentence: sentence)) { try Arguments.parse(words) }
    }

    @Test func `help and version are found wherever they stand`() throws {
        #expect(try Arguments.parse(["--version"]) == .version)
        #expect(try Arguments.parse([]) == .help(nil))
        #expect(try Arguments.parse(["run", "--set", "a=b", "--help"]) == .help(.run))
    }

    @Test func `every help fits eighty columns and names every option of its command`() {
        for subject in [nil] + Command.Name.allCases.map(Optional.some) {
            let text = Help.text(subject)
            let lines: [Substring] = text.split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(text)")
            guard let subject else { continue }
            for option in Command.named(subject).options { #expect(text.contains("--\(option.name)")) }
        }
    }

    @Test func `root's check --probe is the same command, as the daemon's user`() throws {
        let words = ["check", "--set=a=b", "--probe", "--set", "c=d", "-", "--", "--odd.yaml"]
        guard case .command(let parsed) = try Arguments.parse(words) else {
            Issue.record("no command")
            return
        }
        let again = AsDaemon.words(for: parsed, program: "/usr/bin/beatd")
        #expect(again.prefix(7) == ["--reuid", "beatd", "--regid", "beatd", "--init-groups", "--", "/usr/bin/beatd"])
        #expect(try Arguments.parse(Array(again.dropFirst(7))) == .command(parsed))
    }
}
