internal import Glibc

/// A file that one process at a time holds; it names its holder's PID and is free again when the holder ends (flock(2)).
package struct LockFile: ~Copyable {
    private let file: Descriptor

    /// Somebody else holds it.
    package enum Refusal: Error {
        case held(by: Int32?)
        case failed(SystemCallError)
    }

    /// Takes the lock and writes our PID; never waits.
    package init(_ path: String) throws(Refusal) {
        let file = try Self.open(path)
        try Self.lock(file, path)
        self.file = file
    }

    /// A lock that was taken, with `take`.
    package init(taking number: Int32) { file = Descriptor(taking: number) }

    /// Hands it over as what it is: a descriptor that holds the lock.
    package consuming func take() -> Int32 { file.take() }

    /// Lets go of what `take` gave; another process has the lock before the file is closed, which may wait.
    package static func release(_ number: Int32) {
        flock(number, LOCK_UN)
        close(number)
    }

    private static func lock(_ file: borrowing Descriptor, _ path: String) throws(Refusal) {
        let number = file.number
        do throws(SystemCallError) {
            try checked("flock", path) { flock(number, LOCK_EX | LOCK_NB) }
        } catch {
            guard error.code == EWOULDBLOCK else { throw .failed(error) }
            let text = try? Files.read(file, limit: 32)
            throw .held(by: text.flatMap { Int32(String(decoding: $0, as: UTF8.self).prefix { $0.isNumber }) })
        }
        // On a full or read-only file system the lock holds all the same.
        if ftruncate(number, 0) == 0 { try? Files.writeAll(Array("\(getpid())\n".utf8), to: file) }
    }

    private static func open(_ path: String) throws(Refusal) -> Descriptor {
        do throws(SystemCallError) { return try open(path, O_RDWR | O_CREAT) } catch {
            // One that is there can be locked where it can't be written.
            guard let file = try? open(path, O_RDONLY) else { throw .failed(error) }
            return file
        }
    }

    private static func open(_ path: String, _ flags: Int32) throws(SystemCallError) -> Descriptor {
        Descriptor(
            taking: try checked("open", path) { unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o644) })
    }
}
