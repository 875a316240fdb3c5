import Linux
import Testing

@testable import BeatdDaemon

@Suite struct ControlPermissionTests {
    private let permission = ControlPermission(user: 900, group: 901, overflowUser: 65_534, overflowGroup: 65_534)

    private func peer(_ user: UInt32, _ group: UInt32, _ groups: [UInt32] = [], pid: Int32 = 7) -> Sockets.Peer {
        Sockets.Peer(pid: pid, user: user, group: group, groups: groups)
    }

    @Test func `root, the daemon's user and the group may ask, as primary or as supplementary group`() {
        #expect(permission.allows(peer(0, 0)))
        #expect(permission.allows(peer(900, 5)))
        #expect(permission.allows(peer(1000, 901)))
        #expect(permission.allows(peer(1000, 1000, [4, 901])))
        #expect(!permission.allows(peer(1000, 1000, [4, 24])))
    }

    @Test func `a client of another PID namespace has no PID here, and is judged by its user and groups`() {
        #expect(permission.allows(peer(0, 0, pid: 0)))
        #expect(permission.allows(peer(1000, 901, pid: 0)))
        #expect(!permission.allows(peer(1000, 1000, pid: 0)))
    }

    @Test func `whoever has no number here is nobody's own user, even where beatd runs as that number`() {
        let nobody = ControlPermission(user: 65_534, group: 65_534, overflowUser: 65_534, overflowGroup: 65_534)
        #expect(!nobody.allows(peer(65_534, 65_534)))
        #expect(!nobody.allows(peer(65_534, 1000, [65_534])))
        #expect(nobody.allows(peer(0, 0)))
    }

    @Test func `until the group is known nobody is a member of it`() {
        #expect(!ControlPermission(user: 900, group: nil).allows(peer(1000, 0)))
    }
}
