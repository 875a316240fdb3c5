import HTTPClient
import Linux
import Synchronization
import Systemd
import TestSupport
import Testing

/// What the name server says.
private final class NameServer: Sendable {
    private struct State {
        var answer = Result<[String], NameLookup.Failure>.failure(.noSuchName)
        var lookups = 0
        var gate: Gate?
    }
    private let state = Mutex(State())

    func set(_ answer: Result<[String], NameLookup.Failure>, behind gate: Gate? = nil) {
        state.withLock {
            $0.answer = answer
            $0.gate = gate
        }
    }

    var lookups: Int { state.withLock { $0.lookups } }
    var isSilent: Bool { state.withLock { $0.gate != nil } }

    func answer() -> Result<[String], NameLookup.Failure> {
        state.withLock { state in
            state.lookups += 1
            return state.gate
        }?.wait()
        return state.withLock { $0.answer }
    }
}

/// A loop with a name server of its own, for one name.
private final class Domain {
    let loop: EventLoop
    let names: Names
    let connections: Connections
    private let server = NameServer()

    init(longestUse: Duration = Names.longestUse) throws {
        loop = try EventLoop()
        names = try Names(workers: Workers(loop: loop), longestUse: longestUse) { [server] _ in server.answer() }
        connections = try Connections(loop: loop, names: names)
    }

    func set(_ addresses: String..., behind gate: Gate? = nil) { server.set(.success(addresses), behind: gate) }
    func set(_ failure: NameLookup.Failure) { server.set(.failure(failure)) }

    /// How often the name was asked for.
    var lookups: Int { server.lookups }

    /// Opens a connection; what it came to.
    func open(_ port: Int, within limit: Duration = .seconds(20)) throws -> Connection.Opening {
        var told: [Connection.Opening] = []
        let connection = try connections.open(host: "nacos.example", port: port, within: limit) { told.append($0) }
        #expect(told.isEmpty, "it is told in a later turn")
        // A name server that is to be found silent was asked before the loop's clock can say so.
        if server.isSilent { try eventually { lookups > 0 } }
        try turn(loop) { !told.isEmpty }
        withExtendedLifetime(connection) {}
        return told[0]
    }

    func isConnected(_ port: Int) throws -> Bool { if case .connected = try open(port) { true } else { false } }

    func failure(_ port: Int, within limit: Duration = .seconds(20)) throws -> String? {
        if case .failed(let error) = try open(port, within: limit) { error.description } else { nil }
    }
}

struct NamesTests {
    @Test(arguments: ["127.0.0.2", "::1"]) func `a name leads to its addresses, and one that refuses to the next`(
        _ host: String
    ) throws {
        let domain = try Domain()
        let listener = try OpenListener(host)
        domain.set("127.0.0.9", host, "127.0.0.8")
        #expect(try domain.isConnected(listener.port))
        #expect(domain.names.known("nacos.example") == ["127.0.0.9", host, "127.0.0.8"])
        #expect(try domain.isConnected(listener.port))
        #expect(domain.lookups == 1, "an answer is kept as long as connections succeed")
    }

    @Test func `a literal address is never asked for`() throws {
        let domain = try Domain()
        let listener = try OpenListener("127.0.0.2")
        var told: [Connection.Opening] = []
        let connection = try domain.connections.open(host: "127.0.0.2", port: listener.port, within: .seconds(9)) {
            told.append($0)
        }
        try turn(domain.loop) { !told.isEmpty }
        #expect(connection.isOpen)
        #expect(domain.lookups == 0)
        #expect(domain.names.known("127.0.0.2") == ["127.0.0.2"])
    }

    @Test func `after a failed connect the name is asked for anew`() throws {
        let domain = try Domain()
        let new = try OpenListener("127.0.0.3")
        domain.set("127.0.0.2")
        #expect(try domain.failure(new.port) == "connection refused")
        domain.set("127.0.0.3")
        #expect(try domain.isConnected(new.port))
        #expect(domain.lookups == 2)
    }

    @Test func `an old answer is used at once, and asked for anew beside that`() throws {
        let domain = try Domain(longestUse: .zero)
        let old = try OpenListener("127.0.0.2")
        domain.set("127.0.0.2")
        #expect(try domain.isConnected(old.port))
        let gate = try Gate()
        domain.set("127.0.0.3", behind: gate)
        #expect(try domain.isConnected(old.port), "nobody waits for the new answer")
        gate.open()
        try turn(domain.loop) { domain.names.known("nacos.example") == ["127.0.0.3"] }
        #expect(domain.lookups == 2)
    }

    @Test func `a name that is none, and a name server that gives no answer, are told apart`() throws {
        let domain = try Domain()
        #expect(try domain.failure(9) == "no such name: nacos.example")
        domain.set(.noAnswer)
        #expect(try domain.failure(9) == "the name server gave no answer for nacos.example")
    }

    @Test func `a silent name server is named within the limit, and the loop goes on meanwhile`() throws {
        let domain = try Domain()
        let gate = try Gate()
        domain.set("127.0.0.2", behind: gate)
        var told: [Connection.Opening] = []
        var open: [Connection] = []
        for _ in 0..<3 {
            open.append(
                try domain.connections.open(host: "nacos.example", port: 9, within: .milliseconds(200)) {
                    told.append($0)
                })
        }
        try eventually { domain.lookups == 1 }
        // The gate is closed still.
        var ticks = 0
        let timer = try domain.loop.timer { ticks += 1 }
        timer.arm(at: Clocks.boot())
        try turn(domain.loop) { ticks == 1 }
        try turn(domain.loop) { told.count == 3 }
        for case .failed(let error) in told {
            #expect(error.reason == .unanswered)
            #expect(error.description == "the name server didn't answer for nacos.example within 200 ms")
        }
        #expect(domain.lookups == 1, "one question about a name is out at a time")
        #expect(try domain.failure(9, within: .milliseconds(200)) != nil)
        #expect(domain.lookups == 1, "nobody asks again until it answered")
        gate.open()
        timer.disarm()
        withExtendedLifetime(open) {}
    }

    @Test func `an answer that comes late is used by the next connection`() throws {
        let domain = try Domain()
        let listener = try OpenListener("127.0.0.2")
        let gate = try Gate()
        domain.set("127.0.0.2", behind: gate)
        #expect(try domain.failure(listener.port, within: .milliseconds(200)) != nil)
        gate.open()
        try turn(domain.loop) { domain.names.known("nacos.example") == ["127.0.0.2"] }
        #expect(try domain.isConnected(listener.port))
        #expect(domain.lookups == 1)
    }

    @Test func `while the name server is silent, the addresses that it gave last are tried, and both are told`() throws
    {
        let domain = try Domain()
        let listener = try OpenListener("127.0.0.2")
        domain.set("127.0.0.2")
        let closed = Int(try Surroundings.freePort())
        #expect(try domain.failure(closed) == "connection refused")
        domain.set(.noAnswer)
        #expect(
            try domain.failure(closed)
                == "the name server gave no answer for nacos.example, and where it was before: connection refused")
        #expect(try domain.isConnected(listener.port))
    }

    @Test func `a connection that is closed while its name is asked for is told nothing`() throws {
        let domain = try Domain()
        let listener = try OpenListener("127.0.0.2")
        domain.set("127.0.0.2")
        var told = 0
        let connection = try domain.connections.open(host: "nacos.example", port: listener.port, within: .seconds(9)) {
            _ in told += 1
        }
        connection.close()
        try turn(domain.loop) { !domain.names.known("nacos.example").isEmpty }
        try turn(domain.loop, for: .milliseconds(50))
        #expect(told == 0)
    }

    @Test func `this host's own name for itself has an address, and nonsense has none`() throws {
        let found = try NameLookup.addresses(of: "localhost").get()
        #expect(!found.isEmpty && found.allSatisfy(Addresses.isLoopback))
        #expect(NameLookup.addresses(of: "no name") == .failure(.noSuchName))
    }

    @Test(.enabled(if: OwnNetwork.isPossible, "needs root and ip(8) (iproute2): it makes networks of its own"))
    func `where no name server can be reached there is no answer, not no such name`() async {
        await #expect(processExitsWith: .success) {
            try OwnNetwork.enter()
            #expect(NameLookup.addresses(of: "nacos.example") == .failure(.noAnswer))
        }
    }

    @Test func `a libcurl older than beatd needs is refused in a sentence`() {
        #expect(Library(version: "7.76.0", number: 0x07_4c_00).refusal == nil)
        #expect(Library(version: "8.5.0", number: 0x08_05_00).refusal == nil)
        #expect(
            Library(version: "7.74.0", number: 0x07_4a_00).refusal
                == "libcurl 7.74.0 is older than beatd needs: 7.76.0; install a newer libcurl, or run beatd on a newer "
                + "system")
        #expect(Library.running.refusal == nil)
    }
}
