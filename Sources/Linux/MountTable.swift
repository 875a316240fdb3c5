internal import Glibc

/// Which file system holds a path, by the kernel's own list: nothing on the file system itself is touched.
package struct MountTable: Sendable {
    /// One mounted file system.
    package struct Mount: Hashable, Sendable {
        /// The kernel's number of the device, `0:39`: two mounts of one file system have it in common.
        package let device: String
        /// Where it is mounted.
        package let point: String
    }

    /// Where a path leads to, as far as one file system knows.
    package enum Course: Hashable, Sendable {
        /// No link in it leads to another file system; without links but perhaps its last part's.
        case stays(String)
        /// A link leads to another file system, on which this is the rest of the way.
        case leaves(String)
    }

    /// Links in one path; the kernel's own limit (path_resolution(7)).
    private static let mostLinks = 40

    private var mounts: [String: Mount] = [:]

    /// From the text of /proc/self/mountinfo (proc(5)); of mounts on one place the last one hides the others.
    package init(_ text: [UInt8]) {
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count > 4 else { continue }
            let point = String(decoding: Self.unescaped(fields[4]), as: UTF8.self)
            mounts[point] = Mount(device: String(decoding: fields[2], as: UTF8.self), point: point)
        }
    }

    /// The mount that a path stands on if no link in it leads elsewhere.
    package func holder(of path: String) -> Mount {
        var end = path.utf8.endIndex
        while true {
            if let mount = mounts[end == path.startIndex ? "/" : String(path[..<end])] { return mount }
            guard end > path.startIndex else { return Mount(device: "?", point: "/") }
            end = path.utf8[..<end].lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex
        }
    }

    /// Follows the links of a path (readlink(2)) as long as they stay on its own file system, and touches no other.
    package func follow(_ path: String) -> Course {
        let mount = holder(of: path)
        // The kernel names the place of a mount without links.
        var made = mount.point == "/" ? "" : mount.point
        var rest = Self.parts(path.dropFirst(made.count))
        var links = 0
        while let part = rest.popLast() {
            if part == ".." {
                made = made.lastIndex(of: "/").map { String(made[..<$0]) } ?? ""
            } else {
                let next = "\(made)/\(part)"
                let isElsewhere = mounts[next].map { $0.device != mount.device } ?? false
                guard !isElsewhere, links < Self.mostLinks, let target = Self.link(next) else {
                    made = next
                    if isElsewhere { break }
                    continue
                }
                links += 1
                if target.hasPrefix("/") { made = "" }
                rest += Self.parts(target[...])
            }
            if holder(of: made).device != mount.device { break }
        }
        let whole = made + rest.reversed().map { "/\($0)" }.joined()
        return holder(of: made).device == mount.device ? .stays(whole) : .leaves(whole)
    }

    /// The mount that a path leads to, for people: links on the root file system are followed, which holds beatd itself.
    package func name(of path: String) -> String {
        let own = holder(of: path)
        guard own == holder(of: "/"), case .leaves(let rest) = follow(path) else { return own.point }
        return holder(of: rest).point
    }

    /// What stands between the slashes, last first.
    private static func parts(_ path: Substring) -> [Substring] {
        path.split(separator: "/").filter { $0 != "." }.reversed()
    }

    /// Where a link leads to; nil where it is none.
    private static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = unsafe readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Blanks and backslashes stand there as three octal digits.
    private static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), rest.count >= 3,
                let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(code)
            rest = rest.dropFirst(3)
        }
        return bytes
    }
}

/// The mount table of this process, read again when the kernel says that it has changed (proc(5), poll(2)).
package final class Mounts {
    /// Room for some ten thousand mounts.
    private static let largestTable = 4 << 20

    private let file: Int32
    private var table: MountTable

    /// Where /proc is missing everything counts as one file system.
    package init() {
        file = unsafe Glibc.open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
        table = MountTable([])
        if file >= 0 { read() }
    }

    deinit { if file >= 0 { close(file) } }

    /// What to call a path's file system in a sentence: `the file system of /mnt/x`.
    package func subject(of path: String) -> String { "the file system of \(current.name(of: path))" }

    /// As it is now; costs one call while nothing has changed.
    package var current: MountTable {
        var one = pollfd(fd: file, events: Int16(POLLPRI), revents: 0)
        if file >= 0, unsafe poll(&one, 1, 0) == 1 { read() }
        return table
    }

    private func read() {
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        lseek(file, 0, SEEK_SET)
        while text.count < Self.largestTable {
            let count = unsafe Glibc.read(file, &piece, piece.count)
            guard count > 0 else { break }
            text += piece[..<count]
        }
        table = MountTable(text)
    }
}
