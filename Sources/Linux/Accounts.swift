internal import Glibc

/// Who this process is and who others are (getpwuid_r(3), getgrnam_r(3)); callable from the worker, too.
package enum Accounts {
    /// Of the rights that count, the effective ones (credentials(7)).
    package static var user: UInt32 { geteuid() }
    package static var group: UInt32 { getegid() }
    package static var pid: Int32 { getpid() }

    /// The id of a group by name; nil where there is none.
    package static func group(named name: String) -> UInt32? {
        unsafe withRoom { room, size in
            var entry = unsafe Glibc.group()
            var found: UnsafeMutablePointer<Glibc.group>?
            let code = unsafe getgrnam_r(name, &entry, room, size, &found)
            return unsafe (code, found?.pointee.gr_gid)
        }
    }

    /// `beatd`, or the number where the user has no name.
    package static func name(ofUser id: UInt32) -> String {
        unsafe withUser(id) { unsafe $0.pw_name.map { unsafe String(cString: $0) } } ?? String(id)
    }

    /// Whether that user is a member of the group, as primary or by /etc/group.
    package static func isMember(user: UInt32, of group: UInt32) -> Bool {
        unsafe withUser(user) { entry in
            var count: Int32 = 64
            while true {
                let room = count
                var groups = [gid_t](repeating: 0, count: Int(room))
                // Too little room: says how much is needed (getgrouplist(3)).
                if unsafe getgrouplist(entry.pw_name, entry.pw_gid, &groups, &count) >= 0 {
                    return groups.prefix(Int(count)).contains(group)
                }
                guard count > room, count <= mostGroups else { return false }
            }
        } ?? false
    }

    /// The kernel's own limit (NGROUPS_MAX).
    private static let mostGroups: Int32 = 65_536

    /// Longer entries of the user and group files than this are taken for none.
    private static let mostRoom = 1 << 20

    private static func withUser<Result>(_ id: UInt32, _ body: (passwd) -> Result?) -> Result? {
        unsafe withRoom { room, size in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = unsafe getpwuid_r(id, &entry, room, size, &found)
            return unsafe (code, found.flatMap { unsafe body($0.pointee) })
        }
    }

    /// Calls again with more room while the entry doesn't fit (ERANGE).
    private static func withRoom<Result>(_ body: (UnsafeMutablePointer<CChar>, Int) -> (Int32, Result?)) -> Result? {
        var size = 1024
        while size <= mostRoom {
            var room = [CChar](repeating: 0, count: size)
            let (code, result) = unsafe body(&room, size)
            if code != ERANGE { return result }
            size *= 4
        }
        return nil
    }
}
