import Linux

/// Who may speak over the control socket (contract 2): root, the daemon's own user, and one group.
struct ControlPermission: Hashable {
    var user = Accounts.user
    /// Whose members may speak; nil while it isn't known yet.
    var group: UInt32?
    /// What stands for everybody who has no number here.
    var overflowUser = Accounts.overflowUser
    var overflowGroup = Accounts.overflowGroup

    /// As the kernel noted it when the peer connected; its PID, which may be none of ours, doesn't matter.
    func allows(_ peer: Sockets.Peer) -> Bool {
        if peer.user == 0 { return true }
        if peer.user == user, user != overflowUser { return true }
        guard let group, group != overflowGroup else { return false }
        return peer.group == group || peer.groups.contains(group)
    }
}
