import BeatdCore
import BeatdHost
import Glibc
import Linux
import TestSupport
import Testing

/// Files that come slowly or by links (contract 2 and 3.4).
struct SlowFileTests {
    static let whole = FolderTests.descriptor("a")

    @Test func `a file that is still written is read when it is closed, also where its first half is good`() throws {
        let folder = try Folder(quiet: .seconds(20))
        try folder.start()
        let file = try folder.open("a.yaml", saying: Self.whole)
        try turn(folder.loop, for: .milliseconds(300))
        #expect(folder.names == [])
        try folder.move(FolderTests.descriptor("b"), to: "b.yaml")
        try folder.wait { folder.names == ["b"] }
        try file.write("metadata: { version: 2.3 }\n")
        file.close()
        try folder.wait { folder.names == ["a", "b"] }
        #expect(folder.latest?.set.accepted.first?.metadata == ["version": "2.3"])
        #expect(folder.reports.allSatisfy { $0.set.rejected.isEmpty })
    }

    @Test func `the last good version goes on while its file is written anew`() throws {
        let folder = try Folder(quiet: .seconds(20))
        try folder.move(Self.whole, to: "a.yaml")
        try folder.start()
        let file = try folder.open("a.yaml", saying: "port: 9200\n")
        try folder.move(FolderTests.descriptor("b"), to: "b.yaml")
        try folder.wait { folder.names == ["a", "b"] }
        #expect(folder.latest?.set.rejected == [])
        file.close()
        try folder.wait { folder.latest?.set.rejected.map(\.file) == ["a.yaml"] }
        #expect(folder.names == ["a", "b"])
    }

    @Test func `a file that nobody closes is read once it was quiet, and then what is wrong is told`() throws {
        let folder = try Folder(quiet: .milliseconds(400))
        try folder.start()
        let began = Clocks.boot()
        let good = try folder.open("a.yaml", saying: Self.whole)
        let bad = try folder.open("b.yaml", saying: "service: b\n")
        try folder.wait { folder.names == ["a"] && folder.latest?.set.rejected.map(\.file) == ["b.yaml"] }
        #expect(Clocks.boot() - began >= 400_000_000)
        try good.write("warm-up: 1s\n")
        try folder.wait { folder.latest?.set.accepted.first?.warmUp == .seconds(1) }
        bad.close()
    }

    @Test func `a file that changes without an end is read all the same`() throws {
        // It is never quiet for so long, however late this test gets to its next write: only `most` can have read it.
        let folder = try Folder(quiet: .seconds(60), most: .milliseconds(1500))
        try folder.start()
        let began = Clocks.boot()
        let file = try folder.open("a.yaml", saying: Self.whole)
        var last = began
        try folder.wait {
            if Clocks.boot() - last > 20_000_000 {
                last = Clocks.boot()
                try file.write("#\n")
            }
            return folder.names == ["a"]
        }
        #expect(Clocks.boot() - began >= 1_500_000_000)
    }

    @Test func `a link to a file is not waited for, since nobody closes it`() throws {
        let folder = try Folder(quiet: .seconds(60), most: .seconds(60))
        try folder.temporary.write(FolderTests.descriptor("hard"), to: "hard")
        try folder.start()
        try folder.move(FolderTests.descriptor("soft"), to: "target.tmp")
        #expect(unsafe symlink("target.tmp", "\(folder.path)/soft.yaml") == 0)
        #expect(unsafe Glibc.link(folder.temporary.path("hard"), "\(folder.path)/hard.yaml") == 0)
        try folder.wait { folder.names == ["hard", "soft"] }
    }

    @Test func `what was half written before anybody watched is told once it is old enough`() throws {
        let quiet = Duration.milliseconds(800)
        let folder = try Folder(quiet: quiet)
        try folder.move(FolderTests.descriptor("a", port: 7), to: "a.yaml")
        try folder.move(Self.whole, to: "good.yaml")
        try folder.start()
        try folder.wait { folder.copies.count == 2 }
        folder.stop()
        let count = folder.reports.count
        let began = Clocks.boot()
        try folder.write("service: [", to: "a.yaml")
        try folder.write("service: [", to: "b.yaml")
        try folder.start()
        let first = try #require(folder.latest)
        #expect(folder.names == ["a", "good"], "the last good version, and what is good waits for nothing")
        // The kernel's stamp on a file may be a tick older than the write; a machine that stood still made them old.
        if Duration.nanoseconds(Clocks.boot() - began) < quiet - .milliseconds(20) {
            #expect(first.set.rejected == [])
            #expect(!first.set.complete, "what an earlier run registered for b is not taken out yet")
        }
        try folder.wait { folder.latest?.set.rejected.map(\.file) == ["a.yaml", "b.yaml"] }
        #expect(Clocks.boot() - began >= 700_000_000)
        // They may grow old in different readings; each is told once.
        let told = folder.reports[count...].flatMap(\.newlyRejected).map(\.file)
        #expect(told.sorted() == ["a.yaml", "b.yaml"])
        #expect(folder.latest?.set.complete == true)
        #expect(folder.names == ["a", "good"])
    }

    @Test func `a file that was closed is told at once, however young it is`() throws {
        let folder = try Folder(quiet: .seconds(60), most: .seconds(60))
        try folder.start()
        for text in ["service: [", "prot: 1\n"] {
            let count = folder.reports.count
            try folder.write(text, to: "a.yaml")
            try folder.wait { folder.reports.count > count }
            #expect(folder.latest?.newlyRejected.map(\.file) == ["a.yaml"])
        }
    }

    @Test(arguments: ["current", "current/sub", "x/../current"])
    func `a link that is swapped on the way to the folder is seen as soon as a file is`(_ path: String) throws {
        let folder = try Folder(through: path)
        for (release, service) in [("1", "a"), ("2", "b"), ("3", "c")] {
            _ = try folder.temporary.makeFolder("releases/\(release)/sub")
            for place in ["", "/sub"] {
                try folder.temporary.write(
                    FolderTests.descriptor(service), to: "releases/\(release)\(place)/\(service).yaml")
            }
        }
        _ = try folder.temporary.makeFolder("x")
        try folder.link("current", to: "latest")
        try folder.link("latest", to: "releases/1")
        try folder.start()
        #expect(folder.names == ["a"])
        try folder.link("latest", to: folder.temporary.path("releases/2"))
        try folder.wait { folder.names == ["b"] }
        try folder.link("current", to: "releases/3")
        try folder.wait { folder.names == ["c"] }
        #expect(folder.latest?.notices == [])
    }
}
