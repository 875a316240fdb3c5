import BeatdCore
import BeatdHost
import Linux
import Systemd
import TestSupport
import Testing

/// Real folders, real inotify.
struct FolderTests {
    static func descriptor(_ service: String, port: Int = 9100) -> String {
        "service: \(service)\nport: \(port)\nprobes: [tcp: \(port)]\n"
    }

    @Test func `a folder is read at the start, sorted by name`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("b"), to: "b.yaml")
        try folder.move(Self.descriptor("a"), to: "a.json")
        try folder.move("not a descriptor", to: "README")
        try folder.move(Self.descriptor("z"), to: "z.yaml.disabled")
        _ = try folder.temporary.makeFolder("instances.d/sub.yaml")
        try folder.start()
        #expect(folder.names == ["a", "b"])
        #expect(folder.latest?.set.complete == true)
        #expect(folder.latest?.set.rejected == [])
        #expect(folder.latest?.problem == nil)
        #expect(folder.latest?.applied == ["a", "b"])
    }

    @Test func `a file that comes, changes and goes is seen by its hint`() throws {
        let folder = try Folder()
        try folder.start()
        #expect(folder.names == [])
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.wait { folder.names == ["a"] }
        try folder.write(Self.descriptor("a", port: 9200), to: "a.yaml")
        try folder.wait { folder.latest?.set.accepted.first?.port == 9200 }
        #expect(folder.latest?.applied == ["a"])
        folder.remove("a.yaml")
        try folder.wait { folder.names == [] }
        #expect(folder.latest?.set.complete == true)
    }

    @Test func `a literal address that this host doesn't have is a warning`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("a") + "address: 192.0.2.7\n", to: "a.yaml")
        try folder.move(Self.descriptor("b") + "address: 127.0.0.1\n", to: "b.yaml")
        try folder.start()
        #expect(folder.names == ["a", "b"])
        #expect(folder.latest?.warnings.keys.sorted() == ["a.yaml"])
        #expect(
            folder.latest?.warnings["a.yaml"]?.first?.sentence.contains("192.0.2.7, which this host doesn't have")
                == true)
    }

    @Test func `a warning is told with its own file, not with one whose NAME begins the same`() throws {
        let folder = try Folder()
        let odd = "address: 192.0.2.7\n"
        try folder.move(Self.descriptor("a") + odd, to: "billing.yaml")
        try folder.move(Self.descriptor("b") + odd, to: "billing.v2.yaml")
        try folder.start()
        #expect(folder.latest?.newWarnings.map(\.file) == ["billing.v2.yaml", "billing.yaml"])
        try folder.move(Self.descriptor("a", port: 9200) + odd, to: "billing.yaml")
        try folder.wait { folder.latest?.set.accepted.first { $0.name == "billing" }?.port == 9200 }
        #expect(folder.latest?.newWarnings.map(\.file) == ["billing.yaml"])
    }

    @Test func `a probe of another host is refused, and its neighbour is not`() throws {
        let folder = try Folder()
        try folder.move("service: a\nport: 1\nprobes: [tcp: '192.0.2.9:80']\n", to: "a.yaml")
        try folder.move(Self.descriptor("b"), to: "b.yaml")
        try folder.start()
        #expect(folder.names == ["b"])
        #expect(folder.latest?.set.rejected.map(\.key) == ["probes[0].tcp"])
        #expect(folder.latest?.newlyRejected.count == 1)
        let again = try folder.rescan()
        #expect(again.newlyRejected == [], "judged anew, and the same")
        #expect(again.stillRejected.count == 1)
    }

    @Test func `a refused file brings all its errors once, the first as its rejection`() throws {
        let folder = try Folder()
        try folder.move("service: a\nprot: 1\nweight: x\n", to: "a.yaml")
        try folder.start()
        #expect(folder.latest?.newlyRejected.map(\.key) == ["prot"])
        #expect(folder.latest?.further["a.yaml"]?.map(\.key) == ["probes", "weight"])
        #expect(try folder.rescan().further == [:])
    }

    @Test func `a burst of changes is read once it is quiet`() throws {
        let folder = try Folder(settle: .milliseconds(300))
        try folder.start()
        for number in 0..<20 { try folder.move(Self.descriptor("a"), to: "a\(number).yaml") }
        try folder.wait { folder.names.count == 20 }
        #expect(folder.reports.count == 2)
    }

    @Test func `endless churn delays a reading by ten settles at most`() throws {
        let folder = try Folder(settle: .milliseconds(200))
        try folder.start()
        let began = Clocks.boot()
        var last: Int64 = 0
        var turned = began
        var longest: Int64 = 0
        var number = 0
        try folder.wait {
            longest = max(longest, Clocks.boot() - turned)
            turned = Clocks.boot()
            // A change every 20 ms: it is never quiet.
            if turned - last > 20_000_000 {
                last = turned
                number += 1
                try folder.move(Self.descriptor("a", port: number), to: "a.yaml")
            }
            return folder.names == ["a"]
        }
        // A change is heard four turns after the one before at most; where the machine stood still it was quiet.
        let wasQuiet = 20_000_000 + 4 * longest >= 200_000_000
        #expect(wasQuiet || Clocks.boot() - began >= 2_000_000_000)
    }

    @Test func `a change that changes nothing is no news`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.start()
        try folder.move("# comment\n" + Self.descriptor("a"), to: "a.yaml")
        let report = try folder.rescan()
        #expect(report.applied == [])
        #expect(folder.reports.count == 1)
    }

    @Test func `the last good version of a broken file goes on, and its neighbours too`() throws {
        // With this settle nothing but the test's own readings takes what is new.
        let folder = try Folder(settle: .seconds(60))
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.move(Self.descriptor("b"), to: "b.yaml")
        try folder.start()
        try folder.move("service: a\nprot: 1\n", to: "a.yaml")
        let report = try folder.rescan()
        #expect(folder.names == ["a", "b"])
        let rejection = Rejection(
            name: "a", file: "a.yaml", line: 2, key: "prot", error: "unknown key 'prot'; did you mean 'port'?")
        #expect(report.set.rejected == [rejection])
        #expect(report.newlyRejected == [rejection])
        let again = try folder.rescan()
        #expect(again.newlyRejected == [])
        #expect(again.stillRejected == [rejection])
        try folder.move(Self.descriptor("a", port: 1), to: "a.yaml")
        let mended = try folder.rescan()
        #expect(mended.set.rejected == [])
        #expect(mended.set.accepted.first?.port == 1)
    }

    @Test func `the last good version goes on over a restart`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("a", port: 7), to: "a.yaml")
        try folder.start()
        try folder.wait { folder.copies == ["a.yaml"] }
        let copy = try Files.status(at: folder.temporary.path("state/last-good/a.yaml"))
        #expect(copy.mode == 0o600)
        try folder.move("service: [", to: "a.yaml")
        try folder.restart()
        #expect(folder.latest?.set.accepted.map(\.port) == [7])
        #expect(folder.latest?.set.rejected.count == 1)
        folder.remove("a.yaml")
        try folder.wait { folder.names == [] && folder.copies == [] }
    }

    @Test func `a copy that a crash of the host left empty is none`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("a", port: 7), to: "a.yaml")
        try folder.start()
        try folder.wait { folder.copies == ["a.yaml"] }
        try folder.move("service: [", to: "a.yaml")
        try folder.temporary.write("", to: "state/last-good/a.yaml")
        try folder.restart()
        #expect(folder.latest?.set.accepted.isEmpty == true)
        #expect(folder.latest?.set.rejected.count == 1)
        #expect(folder.latest?.notices == [])
    }

    @Test func `a state directory that can't be written costs the copies, and is told`() throws {
        let folder = try Folder()
        try folder.temporary.write("in the way", to: "state")
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.start()
        try folder.wait { folder.latest?.notices.isEmpty == false }
        #expect(folder.names == ["a"])
        #expect(folder.latest?.notices.first?.hasPrefix("copies of good files can't be kept") == true)
        #expect(folder.latest?.applied == [])
        folder.temporary.remove(name: "state")
        try folder.move(Self.descriptor("b"), to: "b.yaml")
        try folder.wait { folder.latest?.notices == [] }
        #expect(folder.names == ["a", "b"])
    }

    @Test func `what went while beatd was away is forgotten`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.start()
        try folder.wait { folder.copies == ["a.yaml"] }
        folder.remove("a.yaml")
        try folder.restart()
        #expect(folder.names == [])
        try folder.wait { folder.copies == [] }
    }

    @Test func `a missing folder changes nothing, is named, and is found when it comes back`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.start()
        folder.temporary.remove(name: "instances.d")
        try folder.wait { folder.latest?.problem != nil }
        #expect(folder.latest?.problem?.hasPrefix("there is no folder \(folder.path)") == true)
        #expect(folder.latest?.set.complete == false)
        #expect(folder.names == ["a"])
        _ = try folder.temporary.makeFolder("instances.d")
        try folder.move(Self.descriptor("b"), to: "b.yaml")
        try folder.wait { folder.names == ["b"] }
        #expect(folder.latest?.problem == nil)
        #expect(folder.latest?.set.complete == true)
        // Its hints come again.
        try folder.move(Self.descriptor("c"), to: "c.yaml")
        try folder.wait { folder.names == ["b", "c"] }
    }

    @Test func `a folder that is missing at the start keeps what an earlier run knew`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.start()
        try folder.wait { folder.copies == ["a.yaml"] }
        folder.temporary.remove(name: "instances.d")
        try folder.restart()
        #expect(folder.names == ["a"])
        #expect(folder.latest?.set.complete == false)
    }

    @Test func `a replaced folder is heard from then on`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.start()
        _ = try folder.temporary.makeFolder("next")
        try folder.temporary.write(Self.descriptor("b"), to: "next/b.yaml")
        try folder.swap("next")
        try folder.wait { folder.names == ["b"] }
        try folder.move(Self.descriptor("c"), to: "c.yaml")
        try folder.wait { folder.names == ["b", "c"] }
        #expect(folder.latest?.problem == nil)
    }

    @Test func `a rescan finds what no hint told`() throws {
        // The settle is longer than the rescan, so that only the rescan can have read.
        let folder = try Folder(settle: .seconds(60), rescan: .seconds(1))
        try folder.start()
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.wait { folder.names == ["a"] }
        #expect(folder.latest?.applied == ["a"])
    }

    @Test func `of two files with one name the running one stays, else the first`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("yaml"), to: "a.yaml")
        try folder.start()
        try folder.move(Self.descriptor("json"), to: "a.json")
        let report = try folder.rescan()
        #expect(report.set.accepted.map(\.service.service) == ["yaml"])
        #expect(report.set.rejected.map(\.file) == ["a.json"])
        #expect(
            report.set.rejected.map(\.error) == [
                "the name 'a' is that of a.yaml; give one of the two files another name"
            ])
        try folder.wait { folder.copies == ["a.yaml"] }
        try folder.restart()
        #expect(folder.latest?.set.accepted.map(\.service.service) == ["yaml"])
        folder.remove("a.yaml")
        #expect(try folder.rescan().set.accepted.map(\.service.service) == ["json"])
    }

    @Test func `new defaults reach every file, also a broken one's last good version`() throws {
        let folder = try Folder()
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.move(Self.descriptor("b"), to: "b.yaml")
        try folder.start()
        try folder.wait { folder.copies.count == 2 }
        try folder.move("service: [", to: "b.yaml")
        _ = try folder.rescan()
        let sources = ConfigurationSources(options: ["defaults.group=PAY"])
        let defaults = try ConfigurationDecoding.decode(sources, seed: 1).descriptors.defaults
        let report = try folder.rescan { $0.defaults = defaults }
        #expect(report.set.accepted.map(\.service.group) == ["PAY", "PAY"])
        #expect(report.applied == ["a", "b"])
        #expect(report.newlyRejected.isEmpty, "its version is the one that was refused before")
    }

    @Test func `a refusal is new once for each version of the file, also under other settings`() throws {
        let folder = try Folder(settle: .seconds(60))
        try folder.start()
        try folder.move("service: [", to: "a.yaml")
        #expect(try folder.rescan().newlyRejected.map(\.file) == ["a.yaml"])
        #expect(try folder.rescan().stillRejected.map(\.file) == ["a.yaml"])
        #expect(try folder.rescan { $0.rescan = .seconds(59) }.newlyRejected.isEmpty)
        try folder.move("service: [", to: "a.yaml")
        #expect(try folder.rescan().newlyRejected.map(\.file) == ["a.yaml"], "the same mistake in a new version")
    }

    @Test func `who asks while a reading runs is told what both brought`() throws {
        let folder = try Folder(settle: .seconds(60))
        try folder.start()
        try folder.move(Self.descriptor("a"), to: "a.yaml")
        try folder.move("service: [", to: "broken.yaml")
        var reports: [DescriptorReport] = []
        for _ in 0..<3 { folder.ask { reports.append($0) } }
        try folder.wait { reports.count == 3 }
        #expect(reports.map(\.applied) == [["a"], ["a"], ["a"]])
        #expect(reports.allSatisfy { $0.newlyRejected.map(\.file) == ["broken.yaml"] })
        #expect(try folder.rescan().applied.isEmpty)
    }
}
