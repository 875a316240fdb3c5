import Linux
import TestSupport
import Testing

/// `address: auto` as a user sees it, in a network of the agent's own (contract 3.3).
@Suite(.enabled(if: OwnNetwork.isPossible, "needs root and ip(8) (iproute2): it makes networks of its own"))
struct AddressTests {
    /// Runs the words behind it in an empty network, after those lines of ip(8).
    private static func network(_ lines: String...) -> [String] {
        let all = ["link set lo up"] + lines
        let script = all.map { "ip \($0)" }.joined(separator: " && ") + " && exec \"$0\" \"$@\""
        return ["/usr/bin/unshare", "-n", "/bin/sh", "-c", script]
    }

    private func ip(_ line: String, in agent: Agent) throws {
        guard let pid = agent.process?.pid else { throw Unexpected("no agent") }
        let words = ["-t", "\(pid)", "-n", "/usr/sbin/ip"] + line.split(separator: " ").map(String.init)
        let command = try Command.run("/usr/bin/nsenter", words)
        guard command.code == 0 else { throw Unexpected("\(command)") }
    }

    private func link(_ name: String, _ address: String, in agent: Agent) throws {
        try ip("link add \(name) type veth peer name \(name)p", in: agent)
        try ip("addr add \(address) dev \(name)", in: agent)
        try ip("link set \(name)p up", in: agent)
        try ip("link set \(name) up", in: agent)
    }

    @Test
    func `auto says which addresses this host has, takes the one towards the registry, and keeps it while it is there`()
        throws
    {
        let service = try TestProcess.idle()
        // Nobody is at that address: what is shown is what would be registered.
        let agent = try Agent(registry: "10.0.3.200:8848", isStarted: false)
        let pidfile = try agent.folder.write("\(service.pid)\n", to: "billing.pid")
        try agent.drop("service: billing\nport: 9100\nprobes: [pidfile: \(pidfile)]\n", as: "billing.yaml")
        try agent.start(runner: Self.network())
        let lost = try agent.phase("waiting", of: "billing")
        #expect(
            lost.reason
                == "no address to advertise: neither the default route nor the way to the registry has one, and this host "
                + "has 127.0.0.1, ::1; write one under 'address'")

        try link("eth0", "10.0.3.7/24", in: agent)
        #expect(try agent.phase("registering", of: "billing").ip == "10.0.3.7")

        try link("eth1", "10.0.4.7/24", in: agent)
        try ip("route add default via 10.0.4.1", in: agent)
        // A look at an address of this host is made once the address was seen, and so the route.
        try ip("addr add 10.0.4.8/24 dev eth1", in: agent)
        try agent.drop("service: sign\nport: 9\nprobes: [tcp: \"10.0.4.8:9\"]\n", as: "sign.yaml")
        let seen = try agent.wait { $0["sign"]?.probes.first?.outcome == "gone" }
        #expect(seen["billing"]?.ip == "10.0.3.7", "it is kept beside the default route's")
        try ip("addr del 10.0.3.7/24 dev eth0", in: agent)
        try agent.wait { $0["billing"]?.ip == "10.0.4.7" }
    }
}
