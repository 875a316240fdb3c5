import Linux
import TestSupport
import Testing

/// Real listeners, the kernel's own answers; and answers that are cut, marked or refused.
struct SocketDiagnosisTests {
    private func dump(_ family: Addresses.Family, port: Int) throws -> [ListeningSocket] {
        var diagnosis = SocketDiagnosis()
        var found: [ListeningSocket] = []
        try diagnosis.dump(family) { if Int($0.port) == port { found.append($0) } }
        return found
    }

    private func lookup(_ host: String, port: Int) throws -> ListeningSocket? {
        var diagnosis = SocketDiagnosis()
        return try diagnosis.lookup(try #require(SocketAddress(host, port: port)))
    }

    @Test(arguments: [
        ("127.0.0.1", Addresses.Family.four, false), ("0.0.0.0", .four, true), ("127.0.0.2", .four, false),
        ("::1", .six, false), ("::", .six, true),
    ])
    func `a listener is in the dump of its family alone, with its address`(
        _ host: String, _ family: Addresses.Family, _ isWildcard: Bool
    ) throws {
        let listener = try OpenListener(host)
        let found = try dump(family, port: listener.port)
        #expect(found.map(\.place.address) == [host])
        #expect(found.map(\.place.family) == [family])
        #expect(found.map(\.place.isWildcard) == [isWildcard])
        #expect(found.map(\.place.isDualStack) == [host == "::"])
        #expect(found.map(\.user) == [Accounts.user])
        #expect(found.map { $0.inode > 0 && $0.cookie > 0 && $0.waiting == 0 && $0.backlog == 128 } == [true])
        // Somebody else may listen on that port in the other family.
        let others = try dump(family == .four ? .six : .four, port: listener.port)
        #expect(!others.map(\.inode).contains(try #require(found.first).inode))
        withExtendedLifetime(listener) {}
    }

    @Test func `an IPv6 wildcard with IPV6_V6ONLY is no dual stack`() throws {
        let listener = try OpenListener(IPv6OnlyListener.open())
        let found = try dump(.six, port: listener.port)
        #expect(found.map(\.place.isWildcard) == [true])
        #expect(found.map(\.place.isDualStack) == [false])
        #expect(try lookup("127.0.0.1", port: listener.port) == nil)
        #expect(try lookup("::1", port: listener.port) == found.first)
    }

    @Test func `an IPv6 socket on a mapped address is one of IPv4`() throws {
        let listener = try OpenListener("::ffff:127.0.0.1")
        let found = try dump(.six, port: listener.port)
        #expect(found.map(\.place.address) == ["127.0.0.1"])
        #expect(found.map(\.place.family) == [.four])
        withExtendedLifetime(listener) {}
    }

    @Test func `two listeners of one port are both in the dump`() throws {
        let first = try OpenListener("127.0.0.1")
        let second = try OpenListener("127.0.0.2", port: first.port)
        #expect(try dump(.four, port: second.port).map(\.place.address).sorted() == ["127.0.0.1", "127.0.0.2"])
        withExtendedLifetime(first) {}
    }

    @Test func `a look-up finds who would be connected to`() throws {
        let exact = try OpenListener("127.0.0.2")
        #expect(try lookup("127.0.0.2", port: exact.port)?.place.address == "127.0.0.2")
        #expect(try lookup("127.0.0.1", port: exact.port) == nil)
        let wildcard = try OpenListener("0.0.0.0")
        #expect(try lookup("127.0.0.1", port: wildcard.port)?.place.isWildcard == true)
        #expect(try lookup("::1", port: wildcard.port) == nil)
        let dual = try OpenListener("::")
        #expect(try lookup("127.0.0.1", port: dual.port)?.place.isDualStack == true)
        #expect(try lookup("::1", port: dual.port)?.place.isDualStack == true)
    }

    @Test func `a closed listener is neither dumped nor found`() throws {
        var listener: OpenListener? = try OpenListener("127.0.0.1")
        let port = try #require(listener?.port)
        #expect(try lookup("127.0.0.1", port: port) != nil)
        listener = nil
        // A child that another test starts just now holds the socket too, until its exec.
        try eventually { try dump(.four, port: port).isEmpty }
        #expect(try lookup("127.0.0.1", port: port) == nil)
    }

    @Test func `a connection that nobody accepts waits in the listener's queue`() throws {
        let listener = try OpenListener("127.0.0.1")
        let address = try #require(SocketAddress("127.0.0.1", port: listener.port))
        let client = try Sockets.connect(to: address)
        try eventually { try dump(.four, port: listener.port).map(\.waiting) == [1] }
        withExtendedLifetime(client.number) {}
    }

    @Test func `a thousand listeners come in one dump, each once, and the next dump is as good`() throws {
        let listeners = try (0..<1000).map { _ in try OpenListener("127.0.0.1") }
        var diagnosis = SocketDiagnosis()
        for _ in 1...3 {
            var ports: [UInt16: Int] = [:]
            try diagnosis.dump(.four) { ports[$0.port, default: 0] += 1 }
            #expect(listeners.allSatisfy { ports[UInt16($0.port)] == 1 })
        }
    }

    @Test func `a dump in whose middle we are held up comes whole: it was not the kernel that was silent`() throws {
        // More than a datagram holds.
        let listeners = try (0..<1000).map { _ in try OpenListener("127.0.0.1") }
        var diagnosis = SocketDiagnosis()
        var ports: Set<UInt16> = []
        try diagnosis.dump(.four) {
            let end = Clocks.boot() + Int64(SocketDiagnosis.patience * 1.5 / .nanoseconds(1))
            while ports.isEmpty, Clocks.boot() < end {}
            ports.insert($0.port)
        }
        #expect(listeners.allSatisfy { ports.contains(UInt16($0.port)) })
    }
}

/// What the kernel may answer, byte by byte (netlink(7)).
struct DiagnosisAnswerTests {
    /// A message of `type` with that sequence number, flags and content, in the byte order of the host.
    private func message(
        _ type: UInt16, flags: UInt16 = 2, sequence: UInt32 = 7, _ content: [UInt8] = []
    ) -> [UInt8] {
        bytes(UInt32(16 + content.count)) + bytes(type) + bytes(flags) + bytes(sequence) + bytes(UInt32(0)) + content
    }

    private func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value.littleEndian >> ($0 * 8)) }
    }

    /// An inet_diag_msg of a listener on 127.0.0.1:9100.
    private func listener(state: UInt8 = 10) -> [UInt8] {
        var content = [UInt8](repeating: 0, count: 72)
        content[0...1] = [2, state]
        content[4...5] = [0x23, 0x8c]
        content[8...11] = [127, 0, 0, 1]
        return content
    }

    private func read(_ bytes: [UInt8]) throws -> (end: DiagnosisAnswer.End, ports: [UInt16]) {
        var ports: [UInt16] = []
        let end = try DiagnosisAnswer.read(bytes.span, sequence: 7) { ports.append($0.port) }
        return (end, ports)
    }

    private func code(_ bytes: [UInt8]) -> Int32? {
        do { _ = try read(bytes) } catch { return (error as? SystemCallError)?.code }
        return nil
    }

    @Test func `a dump is open until its end`() throws {
        let one = try read(message(20, listener()))
        #expect(one.end == .open)
        #expect(one.ports == [9100])
        let all = try read(message(20, listener()) + message(3, bytes(Int32(0))))
        #expect(all.end == .done)
        #expect(all.ports == [9100])
    }

    @Test func `answers to an older request and sockets that don't listen are passed over`() throws {
        let mixed = message(20, sequence: 6, listener()) + message(2, sequence: 6, bytes(Int32(-1)))
        #expect(try read(mixed + message(20, listener(state: 1))).ports.isEmpty)
    }

    @Test func `whatever says that something is missing is an error`() {
        #expect(code(message(2, bytes(Int32(-105)))) == 105)  // NLMSG_ERROR, ENOBUFS
        #expect(code(message(3, bytes(Int32(-12)))) == 12)  // NLMSG_DONE, ENOMEM
        #expect(code(message(4)) == 105)  // NLMSG_OVERRUN
        #expect(code(message(20, flags: 0x12, listener())) == 4)  // NLM_F_DUMP_INTR
        #expect(code(message(3, flags: 0x12, bytes(Int32(0)))) == 4)
        #expect(code(message(99)) == 74)
    }

    @Test func `a datagram that is cut anywhere gives an error or less, and nothing that it doesn't hold`() throws {
        let whole = message(20, listener() + [5, 0, 11, 0, 1, 0, 0, 0]) + message(3, bytes(Int32(0)))
        for length in 0..<whole.count {
            let cut = Array(whole[..<length])
            if let (end, _) = try? read(cut) { #expect(end == .open) }
        }
    }
}
