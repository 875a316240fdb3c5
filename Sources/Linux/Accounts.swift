internal import Glibc

/// Who this process is and who others are; callable from any thread.
package enum Accounts {
    /// Of the rights that count, the effective ones (credentials(7)).
    package static var user: UInt32 { geteuid() }
    package static var group: UInt32 { getegid() }
    package static var pid: Int32 { getpid() }

    /// What the kernel shows for a user or group that has no number in our user namespace (user_namespaces(7)).
    package static let overflowUser = number(in: "/proc/sys/kernel/overflowuid")
    package static let overflowGroup = number(in: "/proc/sys/kernel/overflowgid")

    /// `beatd`, or the number where /etc/passwd has no name for it.
    ///
    /// As of the first question, and without the name services (nsswitch.conf(5)): one that hangs may hold up no look.
    package static func name(ofUser id: UInt32) -> String { names[id] ?? String(id) }

    private static let names: [UInt32: String] = {
        let lines = text(of: "/etc/passwd").split(separator: "\n")
        let users = lines.compactMap { line -> (UInt32, String)? in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count > 2, let id = UInt32(fields[2]) else { return nil }
            return (id, String(fields[0]))
        }
        return Dictionary(users) { first, _ in first }
    }()

    /// The id of a group by name; nil where there is none.
    ///
    /// Asks the name services, which may take their time: not for the loop's thread (getgrnam_r(3)).
    package static func group(named name: String) -> UInt32? {
        var size = 1024
        while size <= mostRoom {
            var room = [CChar](repeating: 0, count: size)
            var entry = unsafe Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            // With too little room (ERANGE) it is asked again with more.
            if unsafe getgrnam_r(name, &entry, &room, size, &found) != ERANGE { return unsafe found?.pointee.gr_gid }
            size *= 4
        }
        return nil
    }

    /// Longer entries of the group file than this are taken for none, and so is what a longer user file holds behind it.
    private static let mostRoom = 1 << 20

    private static func text(of path: String) -> String {
        guard let file = try? Files.open(path), let bytes = try? Files.read(file, limit: mostRoom) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// 65534 where the kernel doesn't say.
    private static func number(in path: String) -> UInt32 {
        UInt32(text(of: path).filter(\.isNumber)) ?? 65_534
    }
}
