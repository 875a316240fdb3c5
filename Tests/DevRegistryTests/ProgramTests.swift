import Linux
import TestSupport
import Testing

@testable import DevRegistry

/// The program as it is started.
struct ProgramTests {
    private static let path = Surroundings.product("beatd-dev-registry")

    private struct Running {
        let folder: TemporaryDirectory
        let process: TestProcess
        let address: SocketAddress

        init(_ options: [String] = []) throws {
            folder = try TemporaryDirectory()
            let said = folder.path("stderr")
            process = try TestProcess(ProgramTests.path, ["--port", "0"] + options, error: .file(said))
            var port = 0
            try eventually {
                let text = String(decoding: try Files.read(Files.open(said), limit: 4096), as: UTF8.self)
                let start = "beatd-dev-registry listens at http://127.0.0.1:"
                guard text.hasPrefix(start), text.hasSuffix("/nacos\n") else { return false }
                port = Int(text.dropFirst(start.count).prefix { $0.isNumber }) ?? 0
                return true
            }
            address = try #require(SocketAddress("127.0.0.1", port: port))
        }

        /// The whole answer, as text.
        func ask(_ line: String) throws -> String {
            let peer = try ScriptedPeer(connectingTo: address)
            let text = "\(line) HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            try eventually { peer.say(text) > 0 }
            try eventually {
                peer.hear()
                return peer.hasEnded
            }
            return peer.text
        }
    }

    @Test func `it answers, logs each request as a line, and shows a page`() throws {
        let running = try Running()
        let made = try running.ask("POST /nacos/v1/ns/instance?serviceName=a&ip=10.0.0.1&port=80")
        #expect(made.hasPrefix("HTTP/1.1 200 ") && made.hasSuffix("\r\n\r\nok"))
        let refused = try running.ask("POST /nacos/v1/ns/instance?serviceName=a&port=80")
        #expect(refused.hasPrefix("HTTP/1.1 400 "))
        let lines = [try running.process.line(0), try running.process.line(1)]
        #expect(lines.allSatisfy { JSON(text: $0) != nil })
        #expect(JSON(text: lines[0])?["applied"]?.bool == true)
        #expect(JSON(text: lines[1])?["status"]?.int == 400)
        #expect(try running.ask("GET /beatd/requests?since=1").hasSuffix("\r\n\r\n\(lines[1])\n"))
        #expect(try running.ask("GET /").contains("<td>10.0.0.1:80</td>"))
    }

    @Test func `a delayed answer comes late, what it says is done at once, and nobody waits for another`() throws {
        let delay = Duration.seconds(2)
        let running = try Running(["--delay", "2s", "--quiet"])
        let began = ContinuousClock.now
        let peers = try (80...81).map { port in
            let peer = try ScriptedPeer(connectingTo: running.address)
            let target = "/nacos/v3/client/ns/instance?serviceName=a&ip=10.0.0.1&port=\(port)"
            try eventually { peer.say("POST \(target) HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n") > 0 }
            return peer
        }
        try eventually {
            let page = try running.ask("GET /")
            return page.contains("10.0.0.1:80") && page.contains("10.0.0.1:81")
        }
        for peer in peers {
            try eventually {
                peer.hear()
                return peer.text.hasSuffix("0\r\n\r\n")
            }
            #expect(peer.text.hasPrefix("HTTP/1.1 200 "))
        }
        let took = ContinuousClock.now - began
        #expect(took >= delay && took < delay * 2, "one delay for both, \(took)")
    }

    @Test(arguments: [terminate, interrupt])
    func `a signal ends it cleanly, also with a connection open`(signal: Int32) throws {
        let running = try Running(["--quiet"])
        let peer = try ScriptedPeer(connectingTo: running.address)
        try eventually { peer.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n") > 0 }
        try eventually { peer.text.contains("</html>") }
        running.process.send(signal)
        #expect(try running.process.awaitEnding() == .exited(0))
        #expect(running.process.printed.isEmpty)
    }

    @Test func `a port that is taken is a sentence and a 1`() throws {
        let running = try Running()
        let said = running.folder.path("second")
        let port = "\(running.address.port)"
        let second = try TestProcess(Self.path, ["--port", port], error: .file(said))
        #expect(try second.awaitEnding() == .exited(1))
        let text = String(decoding: try Files.read(Files.open(said), limit: 4096), as: UTF8.self)
        #expect(
            text
                == "beatd-dev-registry: port \(port) of 127.0.0.1 is taken; stop who listens there or give another --port\n"
        )
    }

    @Test(arguments: [["--prot"], ["--host", "localhost"], ["--port", "x"]])
    func `a wrong command line is a 64`(arguments: [String]) throws {
        let process = try TestProcess(Self.path, arguments, error: .null)
        #expect(try process.awaitEnding() == .exited(64))
    }

    @Test func `help goes to standard output`() throws {
        let process = try TestProcess(Self.path, ["--help"])
        #expect(try process.awaitEnding() == .exited(0))
        #expect(process.printed == Options.help)
    }
}

private let terminate: Int32 = 15
private let interrupt: Int32 = 2
