internal import CLinux
internal import Glibc

/// One listening TCP socket of this network namespace, as sock_diag(7) shows it.
package struct ListeningSocket: Hashable, Sendable {
    /// On which address it listens, or on what kind of wildcard; told apart without a text.
    package struct Place: Hashable, Sendable {
        /// The address in network byte order, 4 or 16 bytes from the first on.
        private let first: UInt64
        private let second: UInt64
        /// Of `address`; an IPv6 socket on a mapped address (`::ffff:10.0.3.7`, ipv6(7)) is one of IPv4.
        package let family: Addresses.Family
        /// Whether it is an IPv6 wildcard that takes IPv4 too: without IPV6_V6ONLY, ipv6(7).
        package let isDualStack: Bool

        fileprivate init(_ message: inet_diag_msg, isIPv6Only: Bool) {
            var source = message.id.idiag_src
            let raw = unsafe withUnsafeBytes(of: &source) { bytes in
                unsafe (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            // ::ffff:0:0/96 in network byte order.
            let isMapped = raw.0 == 0 && UInt32(truncatingIfNeeded: raw.1) == UInt32(0x0000_ffff).bigEndian
            let isFour = Int32(message.idiag_family) == AF_INET || isMapped
            family = isFour ? .four : .six
            first = isMapped ? raw.1 >> 32 : isFour ? raw.0 & 0xffff_ffff : raw.0
            second = isFour ? 0 : raw.1
            isDualStack = !isFour && raw == (0, 0) && !isIPv6Only
        }

        /// Whether it is every address of its family.
        package var isWildcard: Bool { first == 0 && second == 0 }

        /// Canonical text (inet_ntop(3)).
        package var address: String {
            var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            let kind = family == .four ? AF_INET : AF_INET6
            unsafe withUnsafeBytes(of: (first, second)) { bytes in
                unsafe _ = inet_ntop(kind, bytes.baseAddress, &text, socklen_t(INET6_ADDRSTRLEN))
            }
            return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    package let place: Place
    /// 1-65535.
    package let port: UInt16
    /// Of the file in sockfs, as /proc/PID/fd shows it.
    package let inode: UInt32
    /// The user that made it.
    package let user: UInt32
    /// The kernel's name for it, never given twice within a boot.
    package let cookie: UInt64
    /// Connections that wait to be accepted.
    package let waiting: UInt32
    /// How many may wait (listen(2)).
    package let backlog: UInt32

    /// An inet_diag_msg with what its INET_DIAG_SKV6ONLY said.
    init(_ message: inet_diag_msg, isIPv6Only: Bool) {
        place = Place(message, isIPv6Only: isIPv6Only)
        port = UInt16(bigEndian: message.id.idiag_sport)
        inode = message.idiag_inode
        user = message.idiag_uid
        cookie = UInt64(message.id.idiag_cookie.0) | UInt64(message.id.idiag_cookie.1) << 32
        waiting = message.idiag_rqueue
        backlog = message.idiag_wqueue
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.cookie == right.cookie && left.port == right.port && left.place == right.place
            && left.waiting == right.waiting && left.backlog == right.backlog
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(cookie) }
}
