internal import CLinux
internal import Glibc

/// TCP and unix stream sockets.
///
/// None of them waits, unless its name says so.
package enum Sockets {
    private static let stream = Int32(SOCK_STREAM.rawValue)
    private static let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)

    // MARK: TCP

    /// Begins a connection; writable once it is decided, `error(of:)` then says how.
    ///
    /// May throw at once, refused for one.
    package static func connect(to address: SocketAddress) throws(SystemCallError) -> Descriptor {
        let socket = Descriptor(taking: try checked("socket") { Glibc.socket(address.family, stream | flags, 0) })
        let number = socket.number
        do throws(SystemCallError) {
            try checked("connect", address.description) { unsafe address.with { unsafe Glibc.connect(number, $0, $1) } }
        } catch { guard error.code == EINPROGRESS else { throw error } }
        return socket
    }

    /// How a connection was decided; nil: it stands (socket(7), SO_ERROR).
    package static func error(of socket: borrowing Descriptor) -> SystemCallError? {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(socket.number, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
            return SystemCallError(call: "getsockopt", code: errno)
        }
        return code == 0 ? nil : SystemCallError(call: "connect", code: code)
    }

    /// Listens on a literal address; port 0 lets the kernel choose, `name(of:)` tells which it took.
    package static func listen(on address: SocketAddress) throws(SystemCallError) -> Descriptor {
        let socket = Descriptor(taking: try checked("socket") { Glibc.socket(address.family, stream | flags, 0) })
        let number = socket.number
        var on: Int32 = 1
        unsafe _ = setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        try checked("bind", address.description) { unsafe address.with { unsafe Glibc.bind(number, $0, $1) } }
        try checked("listen", address.description) { Glibc.listen(number, 128) }
        return socket
    }

    /// The socket's own address.
    package static func name(of socket: borrowing Descriptor) -> SocketAddress? {
        var raw = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let number = socket.number
        return unsafe withUnsafeMutablePointer(to: &raw) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe getsockname(number, address, &size) == 0 else { return nil }
                return unsafe SocketAddress(address)
            }
        }
    }

    /// A UDP socket with that peer, by that interface only where one is named; of its IPv6 addresses it takes a public
    /// one before a temporary one (RFC 5014).
    static func datagram(to address: SocketAddress, by interface: String?) throws(SystemCallError) -> Descriptor {
        let kind = Int32(SOCK_DGRAM.rawValue)
        let socket = Descriptor(taking: try checked("socket") { Glibc.socket(address.family, kind | flags, 0) })
        let number = socket.number
        if let interface {
            // Needs no privilege since Linux 5.7; before, the route is looked up as for anybody.
            unsafe _ = interface.withCString {
                unsafe setsockopt(number, SOL_SOCKET, SO_BINDTODEVICE, $0, socklen_t(interface.utf8.count))
            }
        }
        if address.family == AF_INET6 {
            var preference: Int32 = 2  // IPV6_PREFER_SRC_PUBLIC
            let option: Int32 = 72  // IPV6_ADDR_PREFERENCES (linux/in6.h), which the C library doesn't name
            unsafe _ = setsockopt(
                number, Int32(IPPROTO_IPV6), option, &preference, socklen_t(MemoryLayout<Int32>.size))
        }
        try checked("connect", address.description) { unsafe address.with { unsafe Glibc.connect(number, $0, $1) } }
        return socket
    }

    /// The next waiting connection; nil where there is none.
    package static func accept(_ socket: borrowing Descriptor) -> Descriptor? {
        let number = beatd_accept(socket.number)
        return number < 0 ? nil : Descriptor(taking: number)
    }

    // MARK: Unix

    /// Somebody listens on the path already, or it can't be taken.
    package enum UnixRefusal: Error {
        case taken(by: Int32?)
        case notASocket
        case tooLong(limit: Int)
        case failed(SystemCallError)
    }

    /// The longest path a unix socket can have (unix(7), sun_path).
    package static let longestUnixPath = 107

    /// Listens on a path with that mode; a socket left behind by a process that ended is replaced.
    package static func listen(onUnix path: String, mode: UInt32) throws(UnixRefusal) -> Descriptor {
        guard path.utf8.count <= longestUnixPath else { throw .tooLong(limit: longestUnixPath) }
        try clear(path)
        do throws(SystemCallError) {
            let socket = Descriptor(taking: try checked("socket") { Glibc.socket(AF_UNIX, stream | flags, 0) })
            let number = socket.number
            // The file takes its mode from the open socket, less our umask: at no time wider than asked for. umask(2)
            // itself is left alone: it is the whole process's, the worker's too.
            try checked("fchmod", path) { fchmod(number, mode) }
            try checked("bind", path) { unsafe withUnix(path) { unsafe bind(number, $0, $1) } }
            try Files.setMode(mode, of: path)
            try checked("listen", path) { Glibc.listen(number, 256) }
            return socket
        } catch { throw .failed(error) }
    }

    /// Removes a socket that nobody listens on any more.
    private static func clear(_ path: String) throws(UnixRefusal) {
        let holder: Int32?
        do throws(SystemCallError) {
            let there = try connect(toUnix: path, wait: .zero)
            // 0: it lives in another PID namespace.
            holder = peer(of: there).flatMap { $0.pid > 0 ? $0.pid : nil }
        } catch {
            if error.isNotFound { return }
            // Its line of waiting connections is full; or it is a socket of another kind. Somebody is there.
            if error.code == EAGAIN || error.code == EPROTOTYPE { throw .taken(by: nil) }
            guard error.isRefused else { throw .failed(error) }
            guard (try? Files.status(at: path))?.kind == .socket else { throw .notASocket }
            unsafe unlink(path)
            return
        }
        throw .taken(by: holder)
    }

    /// Connects to a path.
    ///
    /// It waits for reads and writes at most `wait` each; zero: not at all.
    package static func connect(toUnix path: String, wait: Duration) throws(SystemCallError) -> Descriptor {
        guard path.utf8.count <= longestUnixPath else {
            throw SystemCallError(call: "connect", code: ENAMETOOLONG, subject: path)
        }
        let kind = wait == .zero ? stream | flags : stream | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(taking: try checked("socket") { Glibc.socket(AF_UNIX, kind, 0) })
        let number = socket.number
        if wait != .zero {
            // Zero would mean without an end (socket(7)).
            let micro = max(Int(wait / .microseconds(1)), 1)
            var limit = timeval(tv_sec: micro / 1_000_000, tv_usec: micro % 1_000_000)
            for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
                unsafe _ = setsockopt(number, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
            }
        }
        try checked("connect", path) { unsafe withUnix(path) { unsafe Glibc.connect(number, $0, $1) } }
        return socket
    }

    /// The process at the other end of a unix socket, as it was when it connected or listened.
    package struct Peer: Hashable, Sendable {
        /// 0 where it lives in another PID namespace.
        package let pid: Int32
        package let user: UInt32
        package let group: UInt32
        /// Its supplementary groups, as the kernel knows them: no name service is asked.
        package let groups: [UInt32]

        package init(pid: Int32, user: UInt32, group: UInt32, groups: [UInt32] = []) {
            self.pid = pid
            self.user = user
            self.group = group
            self.groups = groups
        }
    }

    /// Who is at the other end of a unix socket (unix(7), SO_PEERCRED); nil over TCP.
    package static func peer(of socket: borrowing Descriptor) -> Peer? { peer(of: socket.number) }

    /// The same by number, for a socket that a library holds.
    package static func peer(of number: Int32) -> Peer? {
        var pid: pid_t = 0
        var user: uid_t = 0
        var group: gid_t = 0
        // A socket without such a peer answers with the user that is none.
        guard unsafe beatd_peer(number, &pid, &user, &group) == 0, user != UInt32.max else { return nil }
        return Peer(pid: pid, user: user, group: group, groups: groups(of: number))
    }

    /// None before Linux 4.13 (SO_PEERGROUPS).
    private static func groups(of number: Int32) -> [UInt32] {
        var room = 64
        // The kernel's own limit (NGROUPS_MAX).
        while room <= 65_536 {
            var groups = [gid_t](repeating: 0, count: room)
            var size = socklen_t(room * MemoryLayout<gid_t>.size)
            if unsafe getsockopt(number, SOL_SOCKET, SO_PEERGROUPS, &groups, &size) == 0 {
                return Array(groups.prefix(Int(size) / MemoryLayout<gid_t>.size))
            }
            guard errno == ERANGE else { return [] }
            room *= 32
        }
        return []
    }

    /// A leading `@` names an abstract socket: a zero stands there, and the name ends with the size.
    static func withUnix<Result>(
        _ path: String, isAbstract: Bool = false, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { buffer in
            for (index, byte) in path.utf8.enumerated() where index < buffer.count - 1 { unsafe buffer[index] = byte }
            if isAbstract { unsafe buffer[0] = 0 }
        }
        let whole = MemoryLayout<sockaddr_un>.size
        let size = isAbstract ? whole - MemoryLayout.size(ofValue: address.sun_path) + path.utf8.count : whole
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(size))
            }
        }
    }
}
