internal import Glibc

/// Who this process is and who others are (getpwnam(3), getgrnam(3)).
package enum Accounts {
    package static var user: UInt32 { geteuid() }
    package static var group: UInt32 { getegid() }
    package static var pid: Int32 { getpid() }

    /// The id of a group by name; nil where there is none.
    package static func group(named name: String) -> UInt32? { unsafe getgrnam(name)?.pointee.gr_gid }

    /// `beatd`, or the number where the user has no name.
    package static func name(ofUser id: UInt32) -> String {
        guard let entry = unsafe getpwuid(id) else { return String(id) }
        return unsafe String(cString: entry.pointee.pw_name)
    }

    /// Whether that user is a member of the group, as primary or by /etc/group.
    package static func isMember(user: UInt32, of group: UInt32) -> Bool {
        guard let entry = unsafe getpwuid(user) else { return false }
        var count: Int32 = 128
        var groups = [gid_t](repeating: 0, count: 128)
        guard unsafe getgrouplist(entry.pointee.pw_name, entry.pointee.pw_gid, &groups, &count) >= 0 else {
            return false
        }
        return groups.prefix(Int(count)).contains(group)
    }
}
