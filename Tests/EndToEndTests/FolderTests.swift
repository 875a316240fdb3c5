import Glibc
import Linux
import TestSupport
import Testing

/// A folder of descriptors that is missing, replaced or closed changes nothing, and comes back by itself (P5, contract 3.4).
@Suite struct FolderTests {
    private let registry: Registry

    init() throws { registry = try Registry() }

    @Test func `a folder that is missing at start is named, and read once it is there`() throws {
        let agent = try Agent(registry: registry.address, isStarted: false)
        let service = try LegacyService(in: agent.folder, name: "billing")
        let missing = agent.folder.path("later")
        try agent.configure(directory: missing)
        try agent.start()
        let status = try agent.wait { $0.descriptorsProblem != nil }
        #expect(status.descriptorsProblem?.contains("no folder \(missing)") == true)
        try agent.waitLog("no folder \(missing)")
        try agent.folder.makeFolder("later")
        try agent.folder.write(Agent.descriptor("billing", guarding: service), to: "later/billing.yaml")
        try registry.beats("billing", 1)
        try agent.wait { $0.descriptorsProblem == nil }
    }

    @Test func `a folder that is removed and made again deregisters nothing that came back`() throws {
        let agent = try Agent(registry: registry.address, isStarted: false)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.folder.makeFolder("inst")
        try agent.configure(directory: agent.folder.path("inst"))
        try agent.folder.write(Agent.descriptor("billing", guarding: service), to: "inst/billing.yaml")
        try agent.start()
        try registry.beats("billing", 1)
        // Moved away whole: a removed file would be a removed file.
        try agent.folder.rename("inst", to: "away")
        try agent.wait { $0.descriptorsProblem != nil }
        let mark = try registry.mark()
        try registry.beats("billing", 3, since: mark)
        try agent.folder.makeFolder(".new")
        try agent.folder.write(Agent.descriptor("billing", guarding: service), to: ".new/billing.yaml")
        try agent.folder.write(Agent.descriptor("second", guarding: service), to: ".new/second.yaml")
        try agent.folder.rename(".new", to: "inst")
        try agent.wait { $0.descriptorsProblem == nil }
        // The two describe different services on one port: both are good.
        try registry.beats("second", 1)
        #expect(try registry.requests("billing", since: mark).allSatisfy(\.isBeat))
        agent.folder.remove(name: "inst/second.yaml")
        try registry.first(.deregister, "second")
    }

    @Test func `a folder that is removed with its files and made again is read as it is then`() throws {
        let agent = try Agent(registry: registry.address, isStarted: false)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.folder.makeFolder("inst")
        try agent.configure(directory: agent.folder.path("inst"))
        try agent.folder.write(Agent.descriptor("billing", guarding: service), to: "inst/billing.yaml")
        try agent.start()
        try registry.beats("billing", 1)
        agent.folder.remove(name: "inst")
        try agent.wait { $0.descriptorsProblem != nil }
        try agent.folder.makeFolder("inst")
        // Empty now, and read: only that says that the file is gone.
        let goodbye = try registry.first(.deregister, "billing")
        try agent.wait { $0.descriptorsProblem == nil && $0.instances.isEmpty }
        try agent.folder.write(Agent.descriptor("billing", guarding: service), to: "inst/billing.yaml")
        let again = try registry.first(.register, "billing", since: goodbye.request)
        #expect(again.status == 200)
    }

    @Test func `a folder that others may write is not believed until that is mended`() throws {
        let agent = try Agent(registry: registry.address)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try registry.beats("billing", 1)
        try Files.setMode(0o777, of: agent.descriptors.path)
        let status = try agent.wait { $0.descriptorsProblem != nil }
        #expect(status.descriptorsProblem?.contains("mode 0777") == true)
        agent.descriptors.remove(name: "billing.yaml")
        let mark = try registry.mark()
        try registry.beats("billing", 2, since: mark)
        try Files.setMode(0o755, of: agent.descriptors.path)
        try registry.first(.deregister, "billing", since: mark)
    }

    @Test(.enabled(if: Surroundings.isRoot, "as root only: it starts beatd as nobody"))
    func `a folder that beatd may not read is named with its user, and read once it may`() throws {
        let agent = try Agent(registry: registry.address, isStarted: false)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try Files.setMode(0o700, of: agent.descriptors.path)
        try agent.openToNobody()
        try agent.start(asNobody: true)
        let status = try agent.wait { $0.descriptorsProblem != nil }
        #expect(status.descriptorsProblem?.contains("user nobody may not read the folder") == true)
        #expect(status.pid == agent.process?.pid)
        try Files.setMode(0o755, of: agent.descriptors.path)
        // nobody may not read the pidfile's owner, but the file itself and the process are open to all.
        try registry.beats("billing", 1)
        try agent.wait { $0.descriptorsProblem == nil && $0["billing"]?.phase == "up" }
    }

    @Test(.enabled(if: Surroundings.isRoot, "as root only: it starts beatd as nobody"))
    func `P5: a file that beatd may not read is rejected with its user, not removed`() throws {
        let agent = try Agent(registry: registry.address, isStarted: false)
        let service = try LegacyService(in: agent.folder, name: "billing")
        try agent.drop("billing", guarding: service)
        try Files.setMode(0o755, of: agent.descriptors.path)
        try agent.openToNobody()
        try agent.start(asNobody: true)
        try registry.beats("billing", 1)
        try Files.setMode(0o600, of: agent.descriptors.path("billing.yaml"))
        let status = try agent.wait { $0.refusal(of: "billing.yaml") != nil }
        #expect(status.refusal(of: "billing.yaml")?.error.contains("user nobody may not read the file") == true)
        #expect(status["billing"]?.phase == "up")
        let mark = try registry.mark()
        try registry.beats("billing", 2, since: mark)
        #expect(try registry.requests("billing", since: mark).allSatisfy(\.isBeat))
    }
}

/// A folder that its mode lets everybody write (contract 2), in mount namespaces of its own.
@Suite(.enabled(if: Surroundings.isRoot && Surroundings.exists("/usr/bin/unshare"), "mounting needs root and unshare"))
struct SealedFolderTests {
    /// How a folder D is mounted, and whether what is in it counts.
    static let mounts: [(command: String, isRead: Bool)] = [
        // As a ConfigMap.
        ("mount --bind D D && mount -o remount,bind,ro D", true),
        ("mount --bind D D", false),
        // As ProtectSystem=strict: nothing is writable, and nothing of that is the folder's own.
        ("mount -o remount,bind,ro /", false),
        ("true", false),
    ]

    @Test(arguments: mounts)
    func `it is read where it is a read-only mount of its own, and nowhere else`(
        _ mount: (command: String, isRead: Bool)
    ) throws {
        let folder = try TemporaryDirectory()
        let descriptors = try folder.makeFolder("instances.d")
        _ = try folder.makeFolder("instances.d/..data")
        try folder.write("service: a\nport: 9100\nprobes: [tcp: 9100]\n", to: "instances.d/..data/a.yaml")
        #expect(unsafe symlink("..data/a.yaml", "\(descriptors)/a.yaml") == 0)
        try Files.setMode(0o777, of: descriptors)
        let words = mount.command.split(separator: " ").map { $0 == "D" ? descriptors : String($0) }
        let check = "exec \(Surroundings.product("beatd")) check --set descriptors.directory=\(descriptors)"
        let run = try Command.run(
            "/usr/bin/unshare", ["-m", "/bin/sh", "-c", words.joined(separator: " ") + " && " + check])
        #expect(run.code == (mount.isRead ? 0 : 1), "\(run)")
        #expect(run.output.contains(mount.isRead ? "1 descriptor good" : "0 descriptors good"), "\(run)")
        #expect(run.error.contains("may be written by group or others") != mount.isRead, "\(run)")
    }
}
