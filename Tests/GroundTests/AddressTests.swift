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

    @Test func `a VPN's two halves and a route that leads nowhere are no default route`() {
        let four = """
            Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
            tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0
            wlan0\t00000000\t0103000A\t0003\t0\t0\t600\t00000000\t0\t0\t0
            eth0\t00000000\t0103000A\t0003\t0\t0\t100\t00000000\t0\t0\t0
            eth1\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0
            tun0\t00000080\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0
            garbage
            """
        #expect(DefaultRoutes.four(four) == ["eth0", "wlan0"])
        let none = String(repeating: "0", count: 32)
        let six = """
            20010db8000500000000000000000000 40 \(none) 00 \(none) 00000100 00000001 00000000 00000001     eth0
            \(none) 00 \(none) 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003     eth0
            \(none) 01 \(none) 00 fe800000000000000000000000000001 00000001 00000001 00000000 00000003     tun0
            \(none) 00 \(none) 00 \(none) ffffffff 00000001 00000000 00200200       lo
            garbage
            """
        #expect(DefaultRoutes.six(six) == ["eth0"])
    }

    @Test func `of several IPv6 addresses the best is neither temporary nor unproven, and deprecated only last`() {
        let all = IPv6Address.all(
            in: """
                fe80000000000000983ee4fffea1a1ca 03 40 20 80     eth0
                20010db8000500000000000000000001 03 40 00 01     eth0
                20010db8000500000000000000000002 03 40 00 40     eth0
                20010db8000500000000000000000003 03 40 00 48     eth0
                20010db8000500000000000000000004 03 40 00 a0     eth0
                fd000000000000000000000000000005 03 40 00 80     eth0
                20010db8000500000000000000000007 03 40 00 80     eth0
                20010db8000500000000000000000006 03 40 00 80     eth0
                garbage
                """)
        #expect(all.count == 7, "a link-local one is none beyond its link")
        #expect(IPv6Address.best(of: all)?.host == "2001:db8:5::6")
        #expect(
            IPv6Address.best(of: all.filter { !$0.host.hasSuffix("6") && !$0.host.hasSuffix("7") })?.host == "fd00::5")
        #expect(IPv6Address.best(of: Array(all[..<4]))?.host == "2001:db8:5::4")
        #expect(IPv6Address.best(of: Array(all[..<3])) == nil)
    }

    @Test func `accounts are known by name and by number`() {
        #expect(Accounts.name(ofUser: 0) == "root")
        #expect(Accounts.name(ofUser: 4_000_000_000) == "4000000000")
        #expect(Accounts.group(named: "root") == 0)
        #expect(Accounts.group(named: "no-such-group-at-all") == nil)
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
