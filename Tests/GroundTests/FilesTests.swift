import Linux
import TestSupport
import Testing

@Suite struct FilesTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func content(_ name: String) throws -> String {
        let file = try Files.open(folder.path(name))
        return String(decoding: try Files.read(file, limit: 1 << 20), as: UTF8.self)
    }

    @Test(arguments: [0, 1, 10, 4095, 4096, 4097, 5000, 100_000])
    func `never more than the limit is read, and never less than there is`(limit: Int) throws {
        let path = try folder.write(String(repeating: "x", count: 5000), to: "file")
        let file = try Files.open(path)
        #expect(try Files.read(file, limit: limit).count == min(limit, 5000))
    }

    @Test func `a file of the kernel's that claims no size is read whole`() throws {
        let file = try Files.open("/proc/self/status")
        let text = String(decoding: try Files.read(file, limit: 1 << 16), as: UTF8.self)
        #expect(text.contains("\nPid:\t\(Accounts.pid)\n"))
    }

    @Test func `a FIFO that nobody writes opens at once and says what it is`() throws {
        let file = try Files.open(try folder.makeFIFO("pipe"))
        let status = try Files.status(of: file)
        #expect(status.kind == .fifo)
        #expect(try Files.read(file, limit: 10).isEmpty)
    }

    @Test func `a link out of the folder is refused, one that stays is followed`() throws {
        try folder.write("inside", to: "file")
        try folder.makeLink("stays", to: "file")
        try folder.makeLink("leaves", to: "/etc/hostname")
        try folder.makeLink("dots", to: "../../etc/hostname")
        try folder.makeLink("nowhere", to: "gone")
        let open = try Files.openFolder(folder.path)
        let inside = try Files.open("stays", beneath: open)
        #expect(String(decoding: try Files.read(inside, limit: 10), as: UTF8.self) == "inside")
        for name in ["leaves", "dots"] {
            let error = #expect(throws: SystemCallError.self) { _ = try Files.open(name, beneath: open) }
            #expect(error?.isEscape == true, "\(name)")
        }
        let error = #expect(throws: SystemCallError.self) { _ = try Files.open("nowhere", beneath: open) }
        #expect(error?.isNotFound == true)
        #expect(try Files.status(of: "stays", in: open).kind == .link)
    }

    @Test func `a folder's names come sorted, without the two that are always there`() throws {
        for name in ["b", "a", ".hidden", "ä", "B"] { try folder.write("", to: name) }
        let open = try Files.openFolder(folder.path)
        #expect(try Files.names(in: open) == [".hidden", "B", "a", "b", "ä"])
        #expect(try Files.names(in: open).count == 5, "a second time, too")
    }

    @Test(arguments: [true, false])
    func `a file is replaced whole, with its mode, and nothing stays beside it`(_ isDurable: Bool) throws {
        try folder.write("an old and longer text", to: "state")
        let before = try Files.status(at: folder.path("state"))
        try Files.write(Array("new".utf8), to: folder.path("state"), mode: 0o600, durably: isDurable)
        let after = try Files.status(at: folder.path("state"))
        #expect(try content("state") == "new")
        #expect(after.mode == 0o600)
        #expect(after.inode != before.inode)
        #expect(try Files.names(in: try Files.openFolder(folder.path)) == ["state"])
    }

    @Test func `a file that can't be replaced stays as it was, and the error names it`() throws {
        try folder.makeFolder("state/full")
        let error = #expect(throws: SystemCallError.self) { try Files.write([1], to: folder.path("state")) }
        #expect(error?.subject == folder.path("state"))
        #expect(try Files.names(in: try Files.openFolder(folder.path)) == ["state"])

        let missing = #expect(throws: SystemCallError.self) { try Files.write([1], to: folder.path("no/such/file")) }
        #expect(missing?.isNotFound == true)
    }

    @Test func `folders are made down to the last, also where some are there`() throws {
        try Files.makeFolders(folder.path("a/b/c"), mode: 0o700)
        try Files.makeFolders(folder.path("a/b/c"))
        #expect(try Files.status(at: folder.path("a/b/c")).mode == 0o700)
        try folder.write("", to: "file")
        #expect(throws: SystemCallError.self) { try Files.makeFolders(folder.path("file/below")) }
    }

    @Test func `a file that changes looks changed`() throws {
        let path = try folder.write("1", to: "file")
        let first = try Files.status(at: path)
        try folder.move("2", to: "file")
        let second = try Files.status(at: path)
        #expect(first != second)
        #expect(second.modified > 1_700_000_000_000_000_000)
        #expect(second.user == Accounts.user)
        #expect(!second.isWritableByOthers)
        try Files.setMode(0o664, of: path)
        #expect(try Files.status(at: path).isWritableByOthers)
    }

    @Test func `what isn't there is removed without an error`() throws {
        try folder.write("", to: "file")
        try Files.remove(folder.path("file"))
        try Files.remove(folder.path("file"))
        #expect(throws: SystemCallError.self) { try Files.remove("/proc/self/stat") }
    }

    @Test func `an error says what failed, on what and why`() {
        let error = #expect(throws: SystemCallError.self) { _ = try Files.open("/nowhere/file") }
        #expect(error?.description == "/nowhere/file: open: No such file or directory")
        #expect(SystemCallError(call: "fsync", code: 5).description == "fsync: Input/output error")
    }

    @Test func `without permission the error says so`() async {
        await #expect(processExitsWith: .success) {
            Surroundings.becomeNobody()
            let folder = try TemporaryDirectory()
            let path = try folder.write("secret", to: "file")
            try Files.setMode(0o000, of: path)
            let error = #expect(throws: SystemCallError.self) { _ = try Files.open(path) }
            #expect(error?.isPermission == true)
            #expect(error?.description == "\(path): open: Permission denied")
            try Files.setMode(0o000, of: folder.path)
            let inside = #expect(throws: SystemCallError.self) { try Files.write([1], to: folder.path("new")) }
            #expect(inside?.isPermission == true)
            try Files.setMode(0o700, of: folder.path)
        }
    }

    @Test func `a lock is held once, and tells by whom`() throws {
        let path = folder.path("lock")
        var first: LockFile? = try LockFile(path)
        #expect(try content("lock") == "\(Accounts.pid)\n")
        let refusal = #expect(throws: LockFile.Refusal.self) { _ = try LockFile(path) }
        guard case .held(let pid) = refusal else {
            Issue.record("refused for another reason: \(String(describing: refusal))")
            return
        }
        #expect(pid == Accounts.pid)
        first = nil
        // A child that another test forks holds a copy of it until its exec (flock(2)).
        try eventually { (try? LockFile(path)) != nil }
        let isHeld = first != nil
        #expect(!isHeld)
    }

    @Test func `a lock ends with its holder, however it ended`() throws {
        let path = folder.path("lock")
        let holder = try TestProcess(
            perl: """
                use Fcntl ':flock'; $| = 1;
                open(my $f, '+>', '\(path)') or die; flock($f, LOCK_EX) or die;
                print $f "$$\\n"; $f->flush; print "held\\n"; sleep 3600;
                """)
        #expect(try holder.line() == "held")
        let refusal = #expect(throws: LockFile.Refusal.self) { _ = try LockFile(path) }
        guard case .held(holder.pid) = refusal else {
            Issue.record("refused for another reason: \(String(describing: refusal))")
            return
        }
        holder.kill()
        try holder.awaitEnding()
        let lock = try LockFile(path)
        _ = consume lock
    }
}
