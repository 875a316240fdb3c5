internal import Glibc
package import Linux

/// A folder of one test's own; it and all that is in it go with the object.
package final class TemporaryDirectory {
    /// Absolute and short, so that a unix socket fits in it.
    package let path: String

    /// Empty, mode 0700.
    package init() throws(SystemCallError) {
        var template = Array("/tmp/beatd-test.XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { throw SystemCallError(call: "mkdtemp", code: errno) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { remove(path) }

    /// The path of a name in the folder.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file in place, as a careless person would: emptied first, then filled.
    @discardableResult
    package func write(_ text: String, to name: String) throws(SystemCallError) -> String {
        let number = unsafe open(path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard number >= 0 else { throw SystemCallError(call: "open", code: errno, subject: path(name)) }
        let file = Descriptor(taking: number)
        try Files.writeAll(Array(text.utf8), to: file)
        return path(name)
    }

    /// Writes a file beside its place and moves it in, as a careful person would.
    @discardableResult
    package func move(_ text: String, to name: String) throws(SystemCallError) -> String {
        let beside = try write(text, to: ".\(name).new")
        guard unsafe Glibc.rename(beside, path(name)) == 0 else {
            throw SystemCallError(call: "rename", code: errno, subject: path(name))
        }
        return path(name)
    }

    /// Makes a folder in the folder.
    @discardableResult
    package func makeFolder(_ name: String) throws(SystemCallError) -> String {
        try Files.makeFolders(path(name))
        return path(name)
    }

    /// Makes a FIFO in the folder.
    @discardableResult
    package func makeFIFO(_ name: String) throws(SystemCallError) -> String {
        guard unsafe mkfifo(path(name), 0o600) == 0 else {
            throw SystemCallError(call: "mkfifo", code: errno, subject: path(name))
        }
        return path(name)
    }

    /// Makes a symbolic link in the folder.
    @discardableResult
    package func makeLink(_ name: String, to target: String) throws(SystemCallError) -> String {
        guard unsafe symlink(target, path(name)) == 0 else {
            throw SystemCallError(call: "symlink", code: errno, subject: path(name))
        }
        return path(name)
    }

    /// Gives a name in the folder another.
    package func rename(_ name: String, to other: String) throws(SystemCallError) {
        guard unsafe Glibc.rename(path(name), path(other)) == 0 else {
            throw SystemCallError(call: "rename", code: errno, subject: path(name))
        }
    }

    /// Removes a name in the folder, with what is in it.
    package func remove(name: String) { remove(path(name)) }

    /// By rm(1), which stumbles over no name and no mode.
    private func remove(_ path: String) {
        var rm = try? ChildProcess("/bin/rm", ["-rf", "--", path], environment: [])
        rm?.wait()
    }
}
