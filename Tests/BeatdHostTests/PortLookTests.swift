import BeatdCore
import BeatdHost
import Glibc
import Linux
import TestSupport
import Testing

/// Real listeners, seen by socket diagnosis; and what happens where that is refused.
struct PortLookTests {
    private static let own = AddressSet(source: "127.0.0.7", local: ["127.0.0.1", "127.0.0.7", "::1"])

    @Test(
        arguments: [
            ("0.0.0.0", Listener.everyIPv4), ("::", .dualStack), ("127.0.0.1", .address("127.0.0.1")),
            ("127.0.0.7", .address("127.0.0.7")), ("::1", .address("::1")),
        ], [PortAddress.any, .advertised(.automatic), .advertised(.literal("192.0.2.1")), .literal("127.0.0.7")])
    func `whoever listens is seen where it listens`(_ listening: (String, Listener), _ address: PortAddress) throws {
        let looks = try Looks(addresses: Self.own)
        let site = try OpenListener(listening.0)
        let report = try looks.look(at: .port(site.port, on: address))
        #expect(report.seen == .port(.listening(listening.1)))
        #expect(report.began <= report.ended)
    }

    @Test func `an IPv6 wildcard that takes no IPv4 is told apart`() throws {
        let looks = try Looks(addresses: Self.own)
        let site = try OpenListener(IPv6OnlyListener.open())
        #expect(try looks.look(at: .port(site.port, on: .any)).seen == .port(.listening(.everyIPv6)))
    }

    @Test func `several listeners of a port are all told`() throws {
        let looks = try Looks(addresses: Self.own)
        let first = try OpenListener("127.0.0.1")
        let second = try OpenListener("127.0.0.3", port: first.port)
        guard
            case .port(.listening(let one, let others)) = try looks.look(
                at: .port(second.port, on: .advertised(.automatic))
            ).seen
        else {
            Issue.record("nobody listens")
            return
        }
        #expect(Set([one] + others) == [.address("127.0.0.1"), .address("127.0.0.3")])
    }

    @Test(arguments: [PortAddress.any, .literal("127.0.0.7"), .advertised(.automatic)])
    func `a listener that is closed leaves nobody, at every look after it`(_ address: PortAddress) throws {
        let looks = try Looks(addresses: Self.own)
        var site: OpenListener? = try OpenListener("127.0.0.7")
        let kind = ProbeKind.port(try #require(site?.port), on: address)
        #expect(try looks.look(at: kind).seen == .port(.listening(.address("127.0.0.7"))))
        site = nil
        // A child that another test starts just now holds the socket too, until its exec.
        try eventually { try looks.look(at: kind).seen == .port(.nobody) }
        #expect(try looks.look(at: kind).seen == .port(.nobody))
        if case .port(let port, _) = kind {
            let back = try OpenListener("127.0.0.7", port: port)
            #expect(try looks.look(at: kind).seen == .port(.listening(.address("127.0.0.7"))))
            withExtendedLifetime(back) {}
        }
    }

    @Test func `looks that are ordered together are answered by one dump`() throws {
        let looks = try Looks(addresses: Self.own)
        let sites = try (0..<200).map { _ in try OpenListener("127.0.0.1") }
        looks.order(
            sites.map { Target(kind: .port($0.port, on: .any), interval: .seconds(60), timeout: .seconds(60)) })
        try turn(looks.loop) { looks.reports.count == 200 }
        #expect(Set(looks.reports.map(\.began)).count == 1)
        #expect(looks.batches == 1)
        #expect(looks.reports.allSatisfy { $0.seen == .port(.listening(.address("127.0.0.1"))) })
    }

    @Test(arguments: [EINTR, ENOBUFS, ENOMEM, ETIMEDOUT, EMSGSIZE])
    func `a dump that ends in an error decides nothing`(_ code: Int32) throws {
        let error = SystemCallError(call: "sock_diag", code: code)
        let looks = try Looks(addresses: Self.own, diagnosisFailure: error)
        let kind = ProbeKind.port(try OpenListener("127.0.0.1").port, on: .any)
        let report = try looks.look(at: kind)
        #expect(report.seen == .hindered(error.description))
        #expect(judge(kind, report.seen, LookMemory()).outcome == .unknown)
        #expect(looks.closed.isEmpty)
    }

    @Test(arguments: [EPERM, EACCES, EAFNOSUPPORT, EPROTONOSUPPORT])
    func `where netlink is closed a connection is made, and it is said once`(_ code: Int32) throws {
        let error = SystemCallError(call: "socket", code: code)
        let looks = try Looks(addresses: Self.own, diagnosisFailure: error)
        let port: Int
        do {
            let site = try OpenListener("127.0.0.7")
            port = site.port
            for address in [PortAddress.any, .literal("127.0.0.7"), .advertised(.automatic)] {
                let seen = try looks.look(at: .port(port, on: address)).seen
                #expect(seen == .port(.connection(.connected, because: error.description)))
            }
        }
        try eventually {
            try looks.look(at: .port(port, on: .any)).seen == .port(.connection(.refused, because: error.description))
        }
        #expect(looks.closed == [error])
    }

    @Test func `where netlink is closed an address that auto once chose is connected to as long as this host has it`()
        throws
    {
        let error = SystemCallError(call: "socket", code: EPERM)
        let looks = try Looks(addresses: Self.own, diagnosisFailure: error)
        let site = try OpenListener("127.0.0.7")
        let kind = ProbeKind.port(site.port, on: .advertised(.automatic))
        looks.set(AddressSet(source: "127.0.0.8", local: ["127.0.0.1", "127.0.0.7", "127.0.0.8"]))
        #expect(try looks.look(at: kind).seen == .port(.connection(.connected, because: error.description)))
        looks.set(AddressSet(source: "127.0.0.8", local: ["127.0.0.1", "127.0.0.8"]))
        #expect(try looks.look(at: kind).seen == .port(.connection(.refused, because: error.description)))
        withExtendedLifetime(site) {}
    }

    @Test func `where netlink is closed an address of another host is not connected to`() throws {
        let looks = try Looks(addresses: Self.own, diagnosisFailure: SystemCallError(call: "socket", code: EPERM))
        let kind = ProbeKind.port(80, on: .literal("192.0.2.1"))
        #expect(judge(kind, try looks.look(at: kind).seen, LookMemory()).outcome == .unknown)
    }

    @Test func `a thousand looks are answered where netlink is closed, too`() throws {
        let looks = try Looks(addresses: Self.own, diagnosisFailure: SystemCallError(call: "socket", code: EPERM))
        let port = try Int(Surroundings.freePort())
        looks.order((0..<1000).map { _ in Target(kind: .port(port, on: .literal("127.0.0.1"))) })
        try turn(looks.loop) { looks.reports.count == 1000 }
        #expect(Set(looks.reports.map(\.order)).count == 1000)
    }
}
