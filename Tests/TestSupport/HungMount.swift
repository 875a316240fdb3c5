internal import Glibc
package import Linux

/// A file system that doesn't answer, as a dead NFS server's: FUSE with nobody behind it (mount(2), fuse(4)).
package final class HungMount {
    /// Where it is mounted.
    package let path: String
    /// Goes after the mount: what removes it would hang otherwise.
    private let folder: TemporaryDirectory?
    private var device: Int32

    /// Whether this process may mount one; a test that needs it is skipped, by name, where it may not.
    package static let isPossible: Bool = {
        Surroundings.isRoot && (try? HungMount()) != nil
    }()

    /// What a skipped test says.
    package static let want = "a mount that hangs needs root, CAP_SYS_ADMIN and /dev/fuse"

    /// Mounts it on a folder of its own.
    package convenience init() throws(SystemCallError) {
        let folder = try TemporaryDirectory()
        try self.init(on: folder.path, mode: "40000", in: folder)
    }

    /// Hides a file: whoever opens it hangs.
    package convenience init(over file: String) throws(SystemCallError) {
        try self.init(on: file, mode: "100644", in: nil)
    }

    private init(on path: String, mode: String, in folder: TemporaryDirectory?) throws(SystemCallError) {
        self.path = path
        self.folder = folder
        device = unsafe open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard device >= 0 else { throw SystemCallError(call: "open", code: errno, subject: "/dev/fuse") }
        let options = "fd=\(device),rootmode=\(mode),user_id=0,group_id=0"
        guard unsafe mount("beatd-test", path, "fuse", UInt(MS_NOSUID | MS_NODEV), options) == 0 else {
            let code = errno
            close(device)
            throw SystemCallError(call: "mount", code: code, subject: path)
        }
    }

    /// Whoever waits gets an error, as when the server is given up.
    package func release() {
        if device >= 0 { close(device) }
        device = -1
    }

    deinit {
        unsafe umount2(path, Int32(MNT_DETACH))
        release()
    }

    // MARK: What not even SIGKILL ends

    /// Greets the kernel (FUSE_INIT), and from then on takes requests and answers none.
    ///
    /// Who waits for a request that was taken can't be killed.
    package func greet() {
        let request = take()
        guard request.count >= 16 else { return }
        var answer: [UInt8] = []
        func add(_ number: UInt32) { unsafe withUnsafeBytes(of: number) { unsafe answer += $0 } }
        // fuse_out_header with the request's number, then fuse_init_out of version 7.31.
        add(16 + 64)
        add(0)
        answer += request[8..<16]
        for number: UInt32 in [7, 31, 0, 0, 0, 4096, 1] { add(number) }
        answer += [UInt8](repeating: 0, count: 80 - answer.count)
        _ = unsafe write(device, answer, answer.count)
    }

    /// Waits for a request and takes it; gives its bytes.
    @discardableResult
    package func take() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 17)
        let count = unsafe read(device, &bytes, bytes.count)
        return Array(bytes.prefix(max(count, 0)))
    }
}
