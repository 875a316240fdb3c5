/// The process at the other end of a unix socket, as the kernel noted it when it connected (unix(7), SO_PEERCRED).
package struct PeerCredentials: Hashable, Sendable {
    package let pid: Int32
    package let user: UInt32
    package let group: UInt32

    package init(pid: Int32, user: UInt32, group: UInt32) {
        self.pid = pid
        self.user = user
        self.group = group
    }
}
