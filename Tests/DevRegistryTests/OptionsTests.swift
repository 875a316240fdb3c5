import Testing

@testable import DevRegistry

struct OptionsTests {
    @Test func `nothing said means 8848 on loopback, with exact and real timing`() throws {
        let options = try Options()
        #expect(options.host == "127.0.0.1" && options.port == 8848 && options.contextPath == "/nacos")
        #expect(options.timing == Timing(timeout: .seconds(15), deleteTimeout: .seconds(30)))
    }

    @Test func `every option is understood, with a blank or an equals sign`() throws {
        let options = try Options([
            "--port=0", "--host", "::1", "--context-path", "/", "--like-nacos", "--heartbeat-timeout", "1.5s",
            "--delete-timeout=3000ms", "--wrong", "port-range", "--wrong=reads-lag", "--quiet",
            "--forget-after", "90s", "--delay=250ms",
        ])
        #expect(options.port == 0 && options.host == "::1" && options.contextPath == "" && options.isQuiet)
        #expect(options.timing.timeout == .milliseconds(1500) && options.timing.deleteTimeout == .seconds(3))
        #expect(options.timing.listLag == .milliseconds(600) && options.timing.round == .seconds(5))
        #expect(options.timing.forgetsEvery == .seconds(90) && options.delay == .milliseconds(250))
        #expect(options.rules.wrong == [.portRange, .readsLag])
    }

    @Test(arguments: [
        ["--prot", "1"], ["--port"], ["--port", "70000"], ["--port", "x"], ["stray"], ["--wrong", "nothing"],
        ["--delete-timeout", "15"], ["--delete-timeout", "-1s"], ["--quiet=yes"], ["--v1-off", "--v3-only"],
        ["--delay", "601s"], ["--delay", "0s"], ["--forget-after", "3"], ["--forget-after"],
    ])
    func `a mistake is one sentence`(arguments: [String]) {
        #expect(throws: Options.Mistake.self) { try Options(arguments) }
    }

    @Test func `v1 can be switched off, or not be there`() throws {
        #expect(try Options().v1 == .on)
        #expect(try Options(["--v1-off"]).v1 == .off)
        #expect(try Options(["--v3-only"]).v1 == .removed)
    }

    @Test func `the help fits 80 columns and names every rule`() {
        #expect(Options.help.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(Rule.allCases.allSatisfy { Options.help.contains($0.rawValue) })
    }
}
