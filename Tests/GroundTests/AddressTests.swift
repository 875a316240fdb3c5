import Linux
import Testing

@Suite struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("0:0:0:0:0:0:0:1", "::1"), ("2001:DB8::0A", "2001:db8::a"),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1"), ("255.255.255.255", "255.255.255.255"),
    ])
    func `an address has one text`(written: String, canonical: String) {
        #expect(Addresses.canonical(written) == canonical)
    }

    @Test(arguments: [
        "", "localhost", "10.0.0", "10.0.0.256", "010.0.0.1", "1.2.3.4 ", "[::1]", "fe80::1%lo", "::g", "1",
    ])
    func `what is no literal address is none`(text: String) {
        #expect(Addresses.canonical(text) == nil)
    }

    @Test func `a port is what fits in sixteen bits`() {
        #expect(SocketAddress("10.0.0.1", port: 65_535)?.description == "10.0.0.1:65535")
        #expect(SocketAddress("::1", port: 80)?.description == "[::1]:80")
        #expect(SocketAddress("10.0.0.1", port: 65_536) == nil)
        #expect(SocketAddress("10.0.0.1", port: -1) == nil)
        #expect(SocketAddress("0:0::1", port: 80) == SocketAddress("::1", port: 80))
    }

    @Test func `loopback and link-local are told apart from the rest`() {
        #expect(Addresses.isLoopback("127.8.9.1") && Addresses.isLoopback("::1"))
        #expect(!Addresses.isLoopback("10.0.0.1") && !Addresses.isLoopback("1270::1"))
        for local in ["169.254.0.1", "fe80::1", "febf::1"] { #expect(Addresses.isLinkLocal(local), "\(local)") }
        for other in ["fe8::1", "fec0::1", "fd00::1", "10.0.0.1", "::1", "::"] {
            #expect(!Addresses.isLinkLocal(other), "\(other)")
        }
    }

    @Test func `this host has its loopback address, and any source is one it has`() {
        let local = Addresses.local()
        #expect(local.contains("127.0.0.1"))
        for family in Addresses.Family.allCases {
            guard let source = Addresses.source(family) else { continue }
            #expect(local.contains(source))
            #expect(!Addresses.isLoopback(source))
        }
        #expect(Addresses.source() == Addresses.source(.four) ?? Addresses.source(.six))
    }

    @Test func `accounts are known by name and by number`() {
        #expect(Accounts.name(ofUser: 0) == "root")
        #expect(Accounts.name(ofUser: 4_000_000_000) == "4000000000")
        #expect(Accounts.group(named: "root") == 0)
        #expect(Accounts.group(named: "no-such-group-at-all") == nil)
        #expect(Accounts.isMember(user: 0, of: 0))
        #expect(!Accounts.isMember(user: 0, of: 4_000_000_000))
        #expect(!Accounts.isMember(user: 4_000_000_000, of: 0))
    }

    @Test func `the clocks go on, and agree on what they count`() {
        let first = Clocks.boot()
        let second = Clocks.boot()
        #expect(first > 0 && second >= first)
        #expect(Clocks.monotonic() <= Clocks.boot())
        #expect(Clocks.wall() > 1_700_000_000_000_000_000)
        #expect(Limits.raiseDescriptors() >= 256)
    }
}
