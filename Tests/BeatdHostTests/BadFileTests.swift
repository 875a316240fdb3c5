import BeatdCore
import BeatdHost
import Glibc
import Linux
import TestSupport
import Testing

/// Files that are refused for what they are, in a folder whose other file goes on.
struct BadFileTests {
    private func rejection(
        of name: String, allowUnsafe: Bool = false, _ make: (Folder) throws -> Void
    ) throws -> Rejection? {
        let folder = try Folder(allowUnsafe: allowUnsafe)
        try folder.move(FolderTests.descriptor("good"), to: "good.yaml")
        try make(folder)
        try folder.start()
        #expect(folder.names.contains("good"))
        #expect(folder.latest?.set.complete == true)
        return folder.latest?.set.rejected.first { $0.file == name }
    }

    @Test func `a file that group or others may write is refused`() throws {
        let rejection = try rejection(of: "a.yaml") { folder in
            try folder.move(FolderTests.descriptor("a"), to: "a.yaml")
            try folder.setMode(0o664, of: "a.yaml")
        }
        #expect(rejection?.error.contains("may be written by group or others (mode 0664)") == true)
    }

    @Test func `safety is of no concern where it is switched off`() throws {
        let rejection = try rejection(of: "a.yaml", allowUnsafe: true) { folder in
            try folder.temporary.write(FolderTests.descriptor("a"), to: "elsewhere.yaml")
            _ = try folder.temporary.makeLink("instances.d/a.yaml", to: folder.temporary.path("elsewhere.yaml"))
            try folder.move(FolderTests.descriptor("b"), to: "b.yaml")
            try folder.setMode(0o666, of: "b.yaml")
            try Files.setMode(0o777, of: folder.path)
        }
        #expect(rejection == nil)
    }

    @Test(.enabled(if: Surroundings.isRoot, "only root can give a file away"))
    func `a stranger's file is refused`() throws {
        let rejection = try rejection(of: "a.yaml") { folder in
            try folder.move(FolderTests.descriptor("a"), to: "a.yaml")
            try folder.setOwner(65_534, of: "a.yaml")
        }
        #expect(rejection?.error.contains("belongs to user nobody") == true)
    }

    @Test func `a file that beatd may not read is refused, not removed`() throws {
        let report = try asOrdinaryUser {
            let folder = try Folder()
            try folder.move(FolderTests.descriptor("a"), to: "a.yaml")
            try folder.start()
            try folder.setMode(0o000, of: "a.yaml")
            return try folder.rescan()
        }
        #expect(report.set.accepted.map(\.name) == ["a"])
        #expect(report.set.complete)
        #expect(report.set.rejected.first?.error.contains("may not read the file") == true)
    }

    /// Without the right to read, and without the right to enter.
    @Test(arguments: [UInt32(0o000), 0o644]) func `a folder that beatd may not read changes nothing`(
        _ mode: UInt32
    ) throws {
        let reports = try asOrdinaryUser {
            let folder = try Folder()
            try folder.move(FolderTests.descriptor("a"), to: "a.yaml")
            try folder.start()
            try Files.setMode(mode, of: folder.path)
            try folder.wait { folder.latest?.problem != nil }
            try Files.setMode(0o755, of: folder.path)
            try folder.move(FolderTests.descriptor("b"), to: "b.yaml")
            try folder.wait { folder.names == ["a", "b"] }
            return folder.reports
        }
        let blind = try #require(reports.first { $0.problem != nil })
        #expect(blind.problem?.contains("may not read the folder") == true)
        #expect(blind.set.accepted.map(\.name) == ["a"])
        #expect(!blind.set.complete)
        #expect(reports.last?.problem == nil)
    }

    @Test func `a name that is no UTF-8 is refused`() throws {
        let folder = try Folder()
        try TestProcess(shell: "printf 'service: a' > \"$(printf '\(folder.path)/caf\\351.yaml')\"").awaitEnding()
        try folder.start()
        #expect(folder.latest?.set.rejected.count == 1)
        #expect(folder.latest?.set.rejected.first?.error.contains("may hold only letters") == true)
        try TestProcess(shell: "rm '\(folder.path)'/*.yaml").awaitEnding()
        #expect(try folder.rescan().set.rejected == [])
    }

    @Test func `a folder that others may write counts as unreadable until it is mended`() throws {
        let folder = try Folder()
        try folder.move(FolderTests.descriptor("a"), to: "a.yaml")
        try folder.start()
        try Files.setMode(0o777, of: folder.path)
        try folder.move(FolderTests.descriptor("b"), to: "b.yaml")
        try folder.wait { folder.latest?.problem != nil }
        #expect(
            folder.latest?.problem == "the folder \(folder.path) may be written by group or others (mode 0777); "
                + "take that away with chmod go-w")
        #expect(folder.names == ["a"])
        #expect(folder.latest?.set.complete == false)
        try Files.setMode(0o755, of: folder.path)
        try folder.wait { folder.names == ["a", "b"] }
        #expect(folder.latest?.problem == nil)
    }

    @Test func `a link out of the folder is refused, one inside is followed`() throws {
        let folder = try Folder()
        try folder.temporary.write(FolderTests.descriptor("x"), to: "outside.yaml")
        _ = try folder.temporary.makeLink("instances.d/out.yaml", to: "../outside.yaml")
        _ = try folder.temporary.makeLink("instances.d/absolute.yaml", to: folder.temporary.path("outside.yaml"))
        _ = try folder.temporary.makeLink("instances.d/nothing.yaml", to: "nowhere")
        _ = try folder.temporary.makeLink("instances.d/circle.yaml", to: "circle.yaml")
        _ = try folder.temporary.makeFolder("instances.d/..data")
        try folder.write(FolderTests.descriptor("inside"), to: "..data/inside.yaml")
        _ = try folder.temporary.makeLink("instances.d/inside.yaml", to: "..data/inside.yaml")
        try folder.start()
        #expect(folder.names == ["inside"])
        let errors = Dictionary(uniqueKeysWithValues: (folder.latest?.set.rejected ?? []).map { ($0.file, $0.error) })
        #expect(errors["out.yaml"]?.contains("a symbolic link out of its folder") == true)
        #expect(errors["absolute.yaml"]?.contains("a symbolic link out of its folder") == true)
        #expect(errors["circle.yaml"]?.contains("a symbolic link") == true)
        #expect(errors["nothing.yaml"] == "the file is a symbolic link to nothing")
    }

    @Test func `what is no regular file is refused without waiting for it`() throws {
        let folder = try Folder()
        _ = try folder.temporary.makeFIFO("instances.d/fifo.yaml")
        _ = try folder.temporary.makeLink("instances.d/folder.yaml", to: ".")
        let socket = try Sockets.listen(onUnix: folder.temporary.path("instances.d/socket.yaml"), mode: 0o600)
        try folder.start()
        let errors = Dictionary(uniqueKeysWithValues: (folder.latest?.set.rejected ?? []).map { ($0.file, $0.error) })
        #expect(errors["fifo.yaml"] == "the file is a FIFO, not a regular file")
        #expect(errors["folder.yaml"] == "the file is a folder, not a regular file")
        #expect(errors["socket.yaml"] == "the file is a socket or a device, not a regular file")
        withExtendedLifetime(socket.number) {}
    }

    @Test func `a huge file is refused by its size`() throws {
        let rejection = try rejection(of: "a.yaml") { folder in
            try folder.move(String(repeating: "# huge\n", count: 10_000), to: "a.yaml")
        }
        #expect(rejection?.error == "the file is larger than 64 KiB")
    }

    @Test func `a half-written file is refused until the rest has come`() throws {
        let folder = try Folder()
        try folder.start()
        try folder.write("service: a\nport: 91", to: "a.yaml")
        try folder.wait { folder.latest?.set.rejected.count == 1 }
        #expect(folder.names == [])
        try folder.write(FolderTests.descriptor("a"), to: "a.yaml")
        try folder.wait { folder.names == ["a"] }
        #expect(folder.latest?.set.rejected == [])
    }

    @Test func `an emptied file is a broken one, its last good version goes on`() throws {
        let folder = try Folder()
        try folder.move(FolderTests.descriptor("a"), to: "a.yaml")
        try folder.start()
        try folder.write("", to: "a.yaml")
        let report = try folder.rescan()
        #expect(folder.names == ["a"])
        #expect(report.set.rejected.first?.error.contains("the file is empty") == true)
    }

    @Test func `a name that can't be one is refused`() throws {
        let rejection = try rejection(of: "a b.yaml") { folder in
            try folder.move(FolderTests.descriptor("a"), to: "a b.yaml")
        }
        #expect(rejection?.name == nil)
        #expect(rejection?.error.contains("may hold only letters, digits") == true)
    }

    /// Each file of the corpus is refused, in a sentence, and none does harm.
    @Test(arguments: Corpus.files) func `every file of the corpus is refused`(_ file: String) throws {
        let bytes = try Corpus.read(file)
        let error = #expect(throws: InputError.self) {
            try DescriptorDecoding().decode(bytes, name: "corpus", file: file)
        }
        #expect(error?.sentence.isEmpty == false)
        let isPrintable = error?.sentence.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        #expect(isPrintable == true)
    }
}

/// Inputs that once were, or may be, trouble; each found one is added.
enum Corpus {
    static let folder = "\(Surroundings.root)/Tests/BeatdHostTests/Corpus"

    static let files: [String] = {
        guard let folder = try? Files.openFolder(folder) else { return [] }
        return (try? Files.names(in: folder)) ?? []
    }()

    static func read(_ file: String) throws -> [UInt8] {
        let open = try Files.open("\(folder)/\(file)")
        return try Files.read(open, limit: 1 << 20)
    }
}
