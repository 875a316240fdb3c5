import BeatdCore
import BeatdHost
import Linux
import TestSupport
import Testing

/// A folder, or a state directory, on a real mount that doesn't answer.
@Suite(.enabled(if: HungMount.isPossible, "\(HungMount.want)"))
struct HungFolderTests {
    private let folder: Folder
    private let hung: HungMount
    private let good: String

    init() throws {
        folder = try Folder()
        hung = try HungMount()
        good = folder.path
        try folder.move(FolderTests.descriptor("a"), to: "a.yaml")
    }

    /// What hangs is told after that; what doesn't has all the time that a busy machine takes.
    private static let patience = Duration.seconds(2)

    /// Looks at the mount from now on.
    private func turnToMount(_ settings: inout DescriptorSettings) {
        settings.directory = hung.path
        settings.patience = Self.patience
    }

    private var sentence: String {
        "the folder \(hung.path) can't be read (no answer from the file system of \(hung.path) for "
    }

    @Test func `a folder that doesn't answer is told by its file system, and changes nothing`() throws {
        try folder.start()
        let report = try folder.rescan(turnToMount)
        #expect(report.problem?.hasPrefix(sentence) == true, "\(report.problem ?? "no problem")")
        #expect(!report.set.complete)
        #expect(report.set.accepted.map(\.name) == ["a"])
        // Whoever asks again is told at once, and the log only once.
        let count = folder.reports.count
        let again = try folder.rescan()
        #expect(again.problem?.hasPrefix(sentence) == true)
        #expect(folder.reports.count == count)
        // Another folder doesn't wait for it.
        let other = try folder.rescan {
            $0.directory = good
            $0.patience = .seconds(20)
        }
        #expect(other.problem == nil)
        #expect(other.set.complete)
        hung.release()
    }

    @Test func `it is read when it answers, without being asked`() throws {
        try folder.start()
        _ = try folder.rescan(turnToMount)
        hung.release()
        try folder.wait { folder.latest?.problem?.contains("no answer") == false }
        #expect(folder.latest?.problem?.contains("can't be read") == true, "the mount is broken now")
        #expect(folder.names == ["a"])
    }

    @Test func `after a start what an earlier run knew goes on`() throws {
        try folder.start()
        try folder.wait { folder.copies == ["a.yaml"] }
        try folder.restart(turnToMount)
        #expect(folder.latest?.problem?.hasPrefix(sentence) == true)
        #expect(folder.names == ["a"])
        #expect(folder.latest?.set.complete == false)
        hung.release()
    }

    @Test func `a state directory that doesn't answer costs the copies alone, and is told`() throws {
        // One patience for both: a folder that was slow, too, is told and read a little later.
        let folder = try Folder(patience: Self.patience)
        try folder.move(FolderTests.descriptor("a"), to: "a.yaml")
        try folder.temporary.makeLink("state", to: hung.path)
        try folder.start()
        try folder.wait { folder.names == ["a"] }
        try folder.wait { !(folder.latest?.notices.isEmpty ?? true) }
        let notice = try #require(folder.latest?.notices.first)
        #expect(notice.contains("are not kept: no answer from the file system of \(hung.path) for "))
        try folder.move(FolderTests.descriptor("b"), to: "b.yaml")
        try folder.wait { folder.names == ["a", "b"] }
        hung.release()
        try folder.wait { folder.latest?.notices.first?.contains("no answer") != true }
    }
}
