import Glibc
import Linux
import TestSupport
import Testing

/// A registry that is known by its name.
@Suite(.enabled(if: OwnNetwork.isPossible, "needs root that may mount, and ip(8) (iproute2)"))
struct NameTests {
    /// A beatd for which /etc says what these files say, and a process that it guards.
    private final class Scene {
        let agent: Agent
        let service: TestProcess

        init(registry: String, hosts: String, nameServer: String? = nil, network: String? = nil) throws {
            agent = try Agent(registry: registry, isStarted: false)
            service = try TestProcess.idle()
            try set(hosts: hosts)
            let sources = nameServer == nil ? "files" : "files dns"
            try agent.folder.write("hosts: \(sources)\n", to: "nsswitch.conf")
            // One look-up takes longer than any of these tests waits: whoever waited for it would be noticed.
            let patient = "options timeout:30 attempts:5\n"
            try agent.folder.write(nameServer.map { "nameserver \($0)\n\(patient)" } ?? "", to: "resolv.conf")
            let pidfile = try agent.folder.write("\(service.pid)\n", to: "billing.pid")
            try agent.drop(
                """
                service: billing
                port: 9100
                \(network == nil ? "address: 127.0.0.1" : "")
                beat: { interval: 500ms, timeout: 3s, delete-after: 6s }
                probes: [{ pidfile: { path: \(pidfile), interval: 500ms } }]

                """, as: "billing.yaml")
            var words = ["mount --make-rprivate /"]
            for name in ["hosts", "nsswitch.conf", "resolv.conf"] {
                words.append("mount --bind \(agent.folder.path(name)) /etc/\(name)")
            }
            if let network { words.append(network) }
            let script = words.joined(separator: " && ") + " && exec \"$0\" \"$@\""
            try agent.start(
                runner: ["/usr/bin/unshare", network == nil ? "-m" : "-mn", "/bin/sh", "-c", script])
        }

        /// The file is written in place: another one would not be seen behind its mount.
        func set(hosts: String) throws { try agent.folder.write(hosts, to: "hosts") }
    }

    @Test func `a registry whose name moves is found again within the back-off, long before its entries are deleted`()
        throws
    {
        let old = try Registry(on: "127.0.0.2")
        let scene = try Scene(registry: "nacos.example:\(old.port)", hosts: "127.0.0.2 nacos.example\n")
        try scene.agent.phase("up", of: "billing")
        try old.beats("billing", 2)
        try old.kill()
        // It is looked for where it was, and not found.
        try scene.agent.wait { !$0.registry.reachable }
        let new = try Registry(on: "127.0.0.3", port: old.port)
        try scene.set(hosts: "127.0.0.3 nacos.example\n")
        #expect(try new.first(.register, "billing").status == 200)
        try scene.agent.phase("up", of: "billing")
    }

    @Test func `a name server that is silent is named as that, and deaths are seen meanwhile`() throws {
        // On a port that is privileged, so nobody's but ours on this address.
        let server = try TestProcess(
            perl: """
                use IO::Socket::IP;
                $| = 1;
                my $s = IO::Socket::IP->new(Proto => 'udp', LocalHost => '127.0.0.77', LocalPort => 53) or die $@;
                print "silent\n";
                sleep 3600 while 1;
                """)
        #expect(try server.line() == "silent")
        let scene = try Scene(registry: "nacos.example:8848", hosts: "", nameServer: "127.0.0.77")
        let sentence = "the name server didn't answer for nacos.example within 1 s"
        try scene.agent.wait { $0.registry.lastError == sentence && !$0.registry.reachable }
        try scene.agent.waitLog(sentence)
        try scene.agent.phase("registering", of: "billing")
        // Look-ups go on and on: the loop stands in none of them.
        scene.service.kill()
        try scene.agent.phase("down", of: "billing")
        #expect(try scene.agent.end(by: SIGTERM) == .exited(0), "nobody waits for the look-up")
    }

    @Test func `a name that is none is named as that`() throws {
        let scene = try Scene(registry: "nacos.example:8848", hosts: "127.0.0.2 nacos.other\n")
        let status = try scene.agent.wait { $0.registry.lastError == "no such name: nacos.example" }
        #expect(!status.registry.reachable)
    }

    @Test func `without a default route auto is the address towards the registry, also where that is a name`() throws {
        let link = [
            "ip link set lo up", "ip link add eth0 type veth peer name eth0p", "ip link set eth0p up",
            "ip link set eth0 up", "ip addr add 10.0.3.7/24 dev eth0",
        ]
        let scene = try Scene(
            registry: "nacos.example:8848", hosts: "10.0.3.200 nacos.example\n",
            network: link.joined(separator: " && "))
        #expect(try scene.agent.phase("registering", of: "billing").ip == "10.0.3.7")
    }
}
