internal import CLinux
internal import Glibc

/// Files and folders, as far as beatd needs them.
package enum Files {
    /// Opens for reading without ever waiting: a FIFO without a writer opens, too (open(2), O_NONBLOCK).
    package static func open(_ path: String) throws(SystemCallError) -> Descriptor {
        Descriptor(
            taking: try checked("open", path) { unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY) })
    }

    /// Opens for reading, and waits for whoever writes into a FIFO.
    package static func openWaiting(_ path: String) throws(SystemCallError) -> Descriptor {
        Descriptor(taking: try checked("open", path) { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) })
    }

    /// A descriptor of our own for standard input.
    package static func standardInput() throws(SystemCallError) -> Descriptor {
        Descriptor(taking: try checked("dup") { dup(0) })
    }

    /// The same for a folder.
    package static func openFolder(_ path: String) throws(SystemCallError) -> Descriptor {
        Descriptor(taking: try checked("open", path) { unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    }

    /// Opens `name` in an open folder; a link or dots that lead out of it are refused (openat2(2), RESOLVE_BENEATH).
    package static func open(_ name: String, beneath folder: borrowing Descriptor) throws(SystemCallError) -> Descriptor
    {
        let number = folder.number
        let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        do throws(SystemCallError) {
            return Descriptor(taking: try checked("open", name) { unsafe beatd_open_beneath(number, name, flags) })
        } catch {
            // Before Linux 5.6: no link at all is followed.
            guard error.isUnsupported, !name.contains("/") else { throw error }
            do throws(SystemCallError) {
                return Descriptor(
                    taking: try checked("open", name) { unsafe openat(number, name, flags | O_NOFOLLOW) })
            } catch {
                throw error.isLoop ? SystemCallError(call: "open", code: EXDEV, subject: name) : error
            }
        }
    }

    /// Of `name` in an open folder, without following a link.
    package static func status(of name: String, in folder: borrowing Descriptor) throws(SystemCallError) -> FileStatus {
        var raw = stat()
        let number = folder.number
        try checked("fstatat", name) { unsafe fstatat(number, name, &raw, AT_SYMLINK_NOFOLLOW) }
        return FileStatus(raw)
    }

    /// Of an open file.
    package static func status(of descriptor: borrowing Descriptor) throws(SystemCallError) -> FileStatus {
        var raw = stat()
        let number = descriptor.number
        try checked("fstat") { unsafe fstat(number, &raw) }
        return FileStatus(raw)
    }

    /// Whether an open folder is the root of a mount of its own that is read-only: a container's volume.
    package static func isReadOnlyMount(_ folder: borrowing Descriptor) -> Bool {
        beatd_is_read_only_mount(folder.number) != 0
    }

    /// Of what `path` leads to.
    package static func status(at path: String) throws(SystemCallError) -> FileStatus {
        var raw = stat()
        try checked("stat", path) { unsafe stat(path, &raw) }
        return FileStatus(raw)
    }

    /// What a symbolic link says; an error where `path` is none (readlink(2)).
    package static func target(ofLink path: String) throws(SystemCallError) -> String {
        // PATH_MAX, limits.h.
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = try checked("readlink", path) {
            unsafe bytes.withUnsafeMutableBytes { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return unsafe readlink(path, start.assumingMemoryBound(to: CChar.self), buffer.count)
            }
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// At most `limit` bytes from where the descriptor stands; one more byte than `limit` is never read.
    package static func read(_ descriptor: borrowing Descriptor, limit: Int) throws(SystemCallError) -> [UInt8] {
        let number = descriptor.number
        var bytes: [UInt8] = []
        // Most files are small: room for one page, then as much again as was read.
        var piece = [UInt8](repeating: 0, count: min(limit, 4096))
        while bytes.count < limit {
            let room = min(piece.count, limit - bytes.count)
            let got = try checked("read") { unsafe Glibc.read(number, &piece, room) }
            if got == 0 { break }
            bytes += piece[..<got]
            if got == piece.count { piece += piece }
        }
        return bytes
    }

    /// The whole of a file as text; nil where it can't be read, or is longer than `limit` bytes.
    package static func text(at path: String, limit: Int) -> String? {
        guard let file = try? open(path), let bytes = try? read(file, limit: limit + 1), bytes.count <= limit else {
            return nil
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What one read(2) gives, at most `most` bytes; nothing at the end.
    package static func readOnce(_ descriptor: borrowing Descriptor, most: Int) throws(SystemCallError) -> [UInt8] {
        let number = descriptor.number
        var bytes = [UInt8](repeating: 0, count: most)
        let count = try checked("read") { unsafe Glibc.read(number, &bytes, most) }
        bytes.removeLast(most - count)
        return bytes
    }

    /// The names in a folder, without `.` and `..`, sorted by bytes.
    package static func names(in folder: borrowing Descriptor) throws(SystemCallError) -> [String] {
        let number = folder.number
        let copy = try checked("openat") { unsafe openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = unsafe fdopendir(copy) else {
            close(copy)
            throw SystemCallError(call: "fdopendir", code: errno)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        if errno != 0 { throw SystemCallError(call: "readdir", code: errno) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Makes the folder and those above it; what is there already is left alone.
    package static func makeFolders(_ path: String, mode: UInt32 = 0o755) throws(SystemCallError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += part + "/"
            let folder = made
            do throws(SystemCallError) {
                try checked("mkdir", String(folder.dropLast())) { unsafe mkdir(folder, mode) }
            } catch {
                guard error.code == EEXIST else { throw error }
            }
        }
    }

    /// Replaces a file whole: written beside it, and renamed over it.
    ///
    /// Durably: the file is synced before, the folder after it. Else a reader finds the old or the new one as long as the
    /// host runs, and after a crash of the host perhaps an empty one.
    package static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600, durably isDurable: Bool = true
    ) throws(SystemCallError) {
        let beside = path + ".tmp"
        do throws(SystemCallError) {
            let number = try checked("open", beside) {
                unsafe Glibc.open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
            }
            let file = Descriptor(taking: number)
            try writeAll(bytes, to: file)
            if isDurable { try checked("fsync", beside) { fsync(number) } }
            try checked("rename", path) { unsafe rename(beside, path) }
        } catch {
            unsafe unlink(beside)
            throw SystemCallError(call: error.call, code: error.code, subject: path)
        }
        guard isDurable else { return }
        let folder = try openFolder(path.lastIndex(of: "/").map { String(path[..<$0]) + "/" } ?? ".")
        let number = folder.number
        try checked("fsync", path) { fsync(number) }
    }

    /// A pipe: what is written to the one end is read from the other; both are for the caller to take over.
    ///
    /// Reading never waits, writing does.
    package static func pipe() throws(SystemCallError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        try checked("pipe2") { unsafe beatd_pipe(&ends) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    /// Writes all bytes, however many calls it takes.
    package static func writeAll(_ bytes: [UInt8], to descriptor: borrowing Descriptor) throws(SystemCallError) {
        let number = descriptor.number
        var done = 0
        while done < bytes.count {
            let offset = done
            done += try checked("write") {
                unsafe bytes.withUnsafeBytes { buffer in
                    guard let start = buffer.baseAddress else { return 0 }
                    return unsafe Glibc.write(number, start + offset, buffer.count - offset)
                }
            }
        }
    }

    /// Removes a file; one that isn't there is no error.
    package static func remove(_ path: String) throws(SystemCallError) {
        do throws(SystemCallError) { try checked("unlink", path) { unsafe unlink(path) } } catch {
            guard error.isNotFound else { throw error }
        }
    }

    /// Of what `path` leads to (chmod(2)).
    package static func setMode(_ mode: UInt32, of path: String) throws(SystemCallError) {
        try checked("chmod", path) { unsafe chmod(path, mode) }
    }

    /// Gives the file to another group; its owner stays (chown(2)).
    package static func setGroup(_ group: UInt32, of path: String) throws(SystemCallError) {
        try checked("chown", path) { unsafe chown(path, UInt32.max, group) }
    }
}
