import Glibc
import Linux
import TestSupport
import Testing

/// P5: one bad file hurts nobody.
@Suite struct BadFileTests {
    private let registry: Registry
    private let agent: Agent
    private let service: LegacyService

    init() throws {
        registry = try Registry()
        agent = try Agent(registry: registry.address)
        service = try LegacyService(in: agent.folder, name: "good")
        try agent.drop("good", guarding: service)
    }

    /// What is dropped, and what must be said of it.
    struct Bad: CustomTestStringConvertible {
        let file: String
        let text: String
        var mode: UInt32 = 0o644
        let line: Int?
        let key: String?
        /// A part of the sentence.
        let says: String
        var testDescription: String { file }
    }

    static let all: [Bad] = [
        Bad(
            file: "unknown-key.yaml", text: "service: a\nport: 1\nprot: 1\nprobes: [{tcp: 1}]\n", line: 3, key: "prot",
            says: "did you mean 'port'"),
        Bad(
            file: "half-written.yaml", text: "service: a\nport: 90", line: nil, key: "probes", says: "probes"),
        Bad(file: "cut-off.yaml", text: "service: \"a", line: 1, key: nil, says: ""),
        Bad(file: "garbage.yaml", text: "\u{1}\u{2}%%%: [", line: 1, key: nil, says: ""),
        Bad(file: "empty.yaml", text: "", line: nil, key: nil, says: "empty"),
        Bad(
            file: "range.yaml", text: "service: a\nport: 70000\nprobes: [{tcp: 1}]\n", line: 2, key: "port",
            says: "70000"),
        Bad(
            file: "open-to-all.yaml", text: "service: a\nport: 1\nprobes: [{tcp: 1}]\n", mode: 0o666, line: nil,
            key: nil, says: "0666"),
        Bad(
            file: "huge.yaml", text: "service: a\n" + String(repeating: "#", count: 65 << 10), line: nil, key: nil,
            says: "64 KiB"),
        Bad(
            file: "later.yaml", text: "service: a\nport: 1\nprobes: [{exec: [/bin/true]}]\n", line: 3, key: nil,
            says: "later version"),
    ]

    @Test func `P5: each bad file is named with line, key and reason, and a neighbour beats on`() throws {
        try registry.beats("good", 1)
        for bad in Self.all {
            try Files.setMode(bad.mode, of: try agent.descriptors.write(bad.text, to: ".\(bad.file)"))
            try agent.descriptors.rename(".\(bad.file)", to: bad.file)
        }
        try agent.descriptors.makeFIFO("pipe.yaml")
        try agent.descriptors.makeLink("link.yaml", to: "/etc/passwd")
        try agent.descriptors.makeLink("dangling.yaml", to: "nowhere")
        try agent.drop(Agent.descriptor("good", guarding: service), as: "twin.yaml")
        try agent.descriptors.makeFolder("folder.yaml")
        let mark = try registry.mark()
        let status = try agent.wait { $0.rejected.count >= Self.all.count + 4 }
        #expect(status.rejected.count == Self.all.count + 4)
        for bad in Self.all {
            let refusal = try #require(status.refusal(of: bad.file), "\(bad.file)")
            if let line = bad.line { #expect(refusal.line == line, "\(refusal)") }
            if let key = bad.key { #expect(refusal.key == key, "\(refusal)") }
            #expect(refusal.error.contains(bad.says), "\(refusal)")
            #expect(!refusal.error.contains("\u{1}"))
        }
        #expect(status.refusal(of: "pipe.yaml")?.error.contains("not a regular file") == true)
        #expect(status.refusal(of: "link.yaml")?.error.contains("symbolic link") == true)
        #expect(status.refusal(of: "dangling.yaml")?.error.contains("link to nothing") == true)
        let twin = try #require(status.refusal(of: "twin.yaml"))
        #expect(twin.error.contains("good"), "\(twin)")
        #expect(status["twin"]?.phase == "rejected")
        try registry.beats("good", 3, since: mark)
        #expect(try agent.status()["good"]?.phase == "up")
        #expect(try Set(registry.requests().compactMap(\.service)) == ["good"])
        for bad in Self.all { agent.descriptors.remove(name: bad.file) }
        for name in ["pipe.yaml", "link.yaml", "dangling.yaml", "twin.yaml"] { agent.descriptors.remove(name: name) }
        try agent.wait { $0.rejected.isEmpty && $0.instances.count == 1 }
        #expect(agent.log.contains("\"key\":\"prot\""))
    }

    @Test func `P5: the last good version goes on when its file breaks, also over a restart of beatd`() throws {
        try registry.beats("good", 1)
        try eventually { Surroundings.exists(agent.state) && (try? agent.status().ready) == true }
        try agent.drop("service: good\nport: nonsense\n", as: "good.yaml")
        let status = try agent.wait { !$0.rejected.isEmpty }
        #expect(status["good"]?.phase == "up")
        #expect(status["good"]?.rejection?.contains("nonsense") == true)
        #expect(status.refusal(of: "good.yaml")?.line == 2)
        #expect(status.refusal(of: "good.yaml")?.key == "port")
        #expect(try Command.beatd("status", "--socket", agent.socket).code == 1)
        var mark = try registry.mark()
        try registry.beats("good", 2, since: mark)
        try agent.kill()
        mark = try registry.mark()
        try agent.start()
        // Told once nobody can be writing it any more.
        try agent.wait { $0["good"]?.phase == "up" && $0["good"]?.rejection != nil }
        try registry.beats("good", 2, since: mark)
        #expect(try registry.requests("good", since: mark).allSatisfy(\.isBeat))
        try agent.drop("good", guarding: service, more: "weight: 2")
        try registry.first(.register, "good", since: mark)
        try agent.wait { $0.rejected.isEmpty }
    }

    @Test func `P5: a file that is written bit by bit is taken when it is whole`() throws {
        let text = Agent.descriptor("slow", guarding: service, more: "group: OTHER")
        let half = text.prefix(text.count / 2)
        try agent.descriptors.write(String(half), to: "slow.yaml")
        let status = try agent.wait { $0.refusal(of: "slow.yaml") != nil }
        #expect(status["slow"]?.phase == "rejected")
        #expect(try registry.requests("slow").isEmpty)
        try agent.descriptors.write(text, to: "slow.yaml")
        try registry.beats("slow", 1)
        try agent.wait { $0.rejected.isEmpty && $0["slow"]?.phase == "up" }
    }

    @Test func `P5: a file that comes and goes at once leaves nothing behind`() throws {
        try registry.beats("good", 1)
        for _ in 0..<20 {
            try agent.descriptors.write("service: ghost\n", to: "ghost.yaml")
            agent.descriptors.remove(name: "ghost.yaml")
        }
        let mark = try registry.mark()
        try registry.beats("good", 2, since: mark)
        let status = try agent.wait { $0.rejected.isEmpty }
        #expect(status.instances.map(\.name) == ["good"])
    }

    @Test func `P5: a good file that becomes unsafe goes on as it was`() throws {
        try registry.beats("good", 1)
        try Files.setMode(0o666, of: agent.descriptors.path("good.yaml"))
        let status = try agent.wait { !$0.rejected.isEmpty }
        #expect(status["good"]?.phase == "up")
        let mark = try registry.mark()
        try registry.beats("good", 2, since: mark)
        #expect(try registry.requests("good", since: mark).allSatisfy(\.isBeat))
        try Files.setMode(0o644, of: agent.descriptors.path("good.yaml"))
        try agent.wait { $0.rejected.isEmpty }
    }
}
