import Linux
import TestSupport
import Testing

@Suite struct MountTests {
    private static let table = MountTable(
        Array(
            """
            21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            22 21 0:5 / /proc rw - proc proc rw
            23 21 0:24 / /run rw,nosuid shared:5 - tmpfs tmpfs rw
            42 21 0:39 / /mnt/x rw - nfs4 server:/x rw
            43 21 0:39 /sub /srv/two\\040words rw - nfs4 server:/x rw
            44 23 0:40 / /run rw - tmpfs over rw

            """.utf8))

    @Test(arguments: [
        ("/run/a.pid", "0:40", "/run"), ("/runner/a.pid", "8:1", "/"), ("/mnt/x", "0:39", "/mnt/x"),
        ("/mnt/x/deep/er/a.pid", "0:39", "/mnt/x"), ("/mnt/xy/a.pid", "8:1", "/"), ("/", "8:1", "/"),
        ("/srv/two words/a.pid", "0:39", "/srv/two words"), ("/proc/1/stat", "0:5", "/proc"), ("", "8:1", "/"),
    ]) func `the longest mount in front of a path holds it`(_ path: String, _ device: String, _ point: String) {
        let mount = Self.table.holder(of: path)
        #expect(mount.device == device)
        #expect(mount.point == point)
    }

    @Test func `without a table everything is one file system`() {
        #expect(MountTable([]).holder(of: "/run/a.pid") == MountTable([]).holder(of: "/mnt/x/a.pid"))
        #expect(MountTable(Array("nonsense\n1 2\n".utf8)).holder(of: "/a").point == "/")
    }

    @Test func `links are followed as long as they stay on one file system`() throws {
        let folder = try TemporaryDirectory()
        try folder.makeFolder("real")
        try folder.makeLink("relative", to: "real")
        try folder.makeLink("absolute", to: folder.path("real"))
        try folder.makeLink("both", to: "relative/../absolute/./x")
        try folder.makeLink("proc", to: "/proc/self")
        try folder.makeLink("up", to: "../../proc/1")
        try folder.makeLink("loop", to: "loop")
        let mounts = Mounts().current
        func follow(_ name: String) -> MountTable.Course { mounts.follow(folder.path(name)) }
        #expect(follow("real/a") == .stays(folder.path("real/a")))
        #expect(follow("relative/a") == .stays(folder.path("real/a")))
        #expect(follow("absolute/a") == .stays(folder.path("real/a")))
        #expect(follow("both/a") == .stays(folder.path("real/x/a")))
        #expect(follow("nothing/at/all") == .stays(folder.path("nothing/at/all")))
        #expect(follow("proc/stat") == .leaves("/proc/self/stat"))
        #expect(follow("up/stat") == .leaves("/proc/1/stat"))
        #expect(follow("loop/a") == .stays(folder.path("loop/a")))
    }

    @Test(.enabled(if: HungMount.isPossible, "\(HungMount.want)"))
    func `a new mount is known at once, and nothing on it is touched`() throws {
        let folder = try TemporaryDirectory()
        let mounts = Mounts()
        let before = mounts.current
        var path = ""
        do {
            let hung = try HungMount()
            path = hung.path
            #expect(before.holder(of: "\(path)/a").point != path)
            try folder.makeLink("link", to: "\(path)/a.pid")
            #expect(mounts.current.holder(of: "\(path)/a").point == path)
            #expect(mounts.current.follow(folder.path("link")) == .leaves("\(path)/a.pid"))
            #expect(mounts.current.follow("\(folder.path)/../..\(path)/a") == .leaves("\(path)/a"))
            hung.release()
        }
        #expect(mounts.current.holder(of: "\(path)/a").point != path)
    }
}
