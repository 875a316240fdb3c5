import Linux
import TestSupport
import Testing

/// Which address `auto` is, each in a network of its own.
@Suite(.enabled(if: OwnNetwork.isPossible, "needs root and ip(8) (iproute2): it makes networks of its own"))
struct SourceAddressTests {
    @Test func `the source is the default route's, though a VPN's two halves win every look-up`() async {
        await #expect(processExitsWith: .success) {
            try OwnNetwork.enter()
            try OwnNetwork.link("eth0", "10.0.3.7/24")
            try OwnNetwork.link("tun0", "10.8.0.2/24")
            #expect(Addresses.source() == nil)
            try OwnNetwork.set("route add default via 10.0.3.1 dev eth0 metric 100")
            try OwnNetwork.set("route add 0.0.0.0/1 via 10.8.0.1 dev tun0")
            try OwnNetwork.set("route add 128.0.0.0/1 via 10.8.0.1 dev tun0")
            #expect(Addresses.source() == "10.0.3.7")
        }
    }

    @Test func `of several default routes the one with the smallest metric counts, with the source it names`() async {
        await #expect(processExitsWith: .success) {
            try OwnNetwork.enter()
            try OwnNetwork.link("eth0", "10.0.3.7/24", "10.0.3.8/24")
            try OwnNetwork.link("eth1", "10.0.4.7/24")
            try OwnNetwork.set("route add default via 10.0.4.1 dev eth1 metric 200")
            try OwnNetwork.set("route add default via 10.0.3.1 dev eth0 metric 100 src 10.0.3.8")
            #expect(Addresses.source() == "10.0.3.8")
            try OwnNetwork.set("link set eth0 down")
            #expect(Addresses.source() == "10.0.4.7")
        }
    }

    @Test
    func `an IPv6 source is neither temporary, tentative nor link-local, and deprecated only where there is no other`()
        async
    {
        await #expect(processExitsWith: .success) {
            try OwnNetwork.enter()
            try OwnNetwork.link("eth0", "2001:db8:5::9/64")
            try OwnNetwork.set("-6 route add default via fe80::1 dev eth0")
            #expect(Addresses.source() == "2001:db8:5::9")
            try OwnNetwork.set("addr change 2001:db8:5::9/64 dev eth0 preferred_lft 0")
            #expect(Addresses.source() == "2001:db8:5::9")
            try OwnNetwork.set("addr add fd00:5::7/64 dev eth0 nodad")
            #expect(Addresses.source() == "fd00:5::7", "a VIP is kept out of it by being deprecated")
        }
    }

    @Test
    func `beside temporary IPv6 addresses the lasting one is the source, even where the kernel prefers the others`()
        async
    {
        await #expect(processExitsWith: .success) {
            try OwnNetwork.enter()
            try OwnNetwork.link("eth0")
            try OwnNetwork.set("ipv6/conf/eth0/use_tempaddr", to: 2)
            // The kernel makes a temporary address beside one that it manages (ip-address(8), mngtmpaddr).
            try OwnNetwork.set("addr add 2001:db8:5::7/64 dev eth0 mngtmpaddr nodad")
            try OwnNetwork.set("-6 route add default via fe80::1 dev eth0")
            try eventually { IPv6Address.all().contains { $0.isTemporary && !$0.isUnproven } }
            #expect(Addresses.source() == "2001:db8:5::7")
            // The lasting one is going out of use; what is left is temporary.
            try OwnNetwork.set("addr change 2001:db8:5::7/64 dev eth0 preferred_lft 0")
            #expect(Addresses.source() == "2001:db8:5::7")
        }
    }

    @Test func `without a default route the source is the one towards the registry, unless that is loopback`() async {
        await #expect(processExitsWith: .success) {
            try OwnNetwork.enter()
            try OwnNetwork.link("eth0", "10.0.3.7/24", "2001:db8:5::7/64")
            func source(towards peer: String) -> String? {
                Addresses.source(towards: [peer].compactMap { SocketAddress($0, port: 9) })
            }
            #expect(source(towards: "10.0.3.200") == "10.0.3.7")
            #expect(source(towards: "2001:db8:5::200") == "2001:db8:5::7")
            #expect(source(towards: "127.0.0.1") == nil)
            #expect(source(towards: "10.0.3.7") == "10.0.3.7", "a registry on this very host")
            #expect(source(towards: "10.9.9.9") == nil, "no way there")
        }
    }

    @Test func `with IPv4 and IPv6 default routes the IPv4 source comes first`() async {
        await #expect(processExitsWith: .success) {
            try OwnNetwork.enter()
            try OwnNetwork.link("eth0", "10.0.3.7/24", "2001:db8:5::7/64")
            try OwnNetwork.set("-6 route add default via fe80::1 dev eth0")
            #expect(Addresses.source() == "2001:db8:5::7")
            try OwnNetwork.set("route add default via 10.0.3.1")
            #expect(Addresses.source() == "10.0.3.7")
        }
    }

    @Test func `an IPv4 source is never link-local`() async {
        await #expect(processExitsWith: .success) {
            try OwnNetwork.enter()
            try OwnNetwork.link("eth0", "169.254.7.7/16", "2001:db8:5::7/64")
            try OwnNetwork.set("route add default dev eth0")
            #expect(Addresses.source() == nil)
            try OwnNetwork.set("-6 route add default via fe80::1 dev eth0")
            #expect(Addresses.source() == "2001:db8:5::7")
        }
    }
}
