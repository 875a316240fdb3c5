internal import CLinux
internal import Glibc

/// Addresses as text, and the ones this host has.
package enum Addresses {
    /// The canonical text of a literal IPv4 or IPv6 address (inet_ntop(3)); nil where it is none.
    package static func canonical(_ text: String) -> String? {
        guard let address = SocketAddress(text, port: 0) else { return nil }
        return address.host
    }

    /// Whether the address is loopback: 127.0.0.0/8 or ::1.
    package static func isLoopback(_ canonical: String) -> Bool { canonical.hasPrefix("127.") || canonical == "::1" }

    /// Whether the address counts on its own link only: 169.254.0.0/16 or fe80::/10.
    package static func isLinkLocal(_ canonical: String) -> Bool {
        if canonical.hasPrefix("169.254.") { return true }
        guard let first = canonical.split(separator: ":").first.flatMap({ UInt16($0, radix: 16) }) else { return false }
        return first & 0xffc0 == 0xfe80
    }

    /// Every address of every interface (getifaddrs(3)).
    package static func local() -> Set<String> {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard unsafe getifaddrs(&first) == 0 else { return [] }
        defer { unsafe freeifaddrs(first) }
        var found: Set<String> = []
        var next = unsafe first
        while let entry = unsafe next {
            if let raw = unsafe entry.pointee.ifa_addr, let address = unsafe SocketAddress(raw) {
                found.insert(address.host)
            }
            unsafe next = entry.pointee.ifa_next
        }
        return found
    }

    /// Which kind of address.
    package enum Family: CaseIterable, Sendable {
        case four
        case six

        /// One of the documentation's addresses (RFC 5737, RFC 3849), which no route is special for.
        fileprivate var anyone: String {
            switch self {
            case .four: "192.0.2.1"
            case .six: "2001:db8::1"
            }
        }
    }

    /// The source address of the default route, IPv4 first; never loopback or link-local; nil where there is none.
    package static func source() -> String? { Family.allCases.lazy.compactMap { source($0) }.first }

    /// The same for one kind.
    ///
    /// A UDP connect sends nothing: the kernel only picks the route (ip(7), connect(2)).
    package static func source(_ family: Family) -> String? {
        guard let address = SocketAddress(family.anyone, port: 9),
            let socket = try? Sockets.datagram(to: address), let own = Sockets.name(of: socket)
        else { return nil }
        let isUsable = !isLoopback(own.host) && !isLinkLocal(own.host) && own.host != "0.0.0.0" && own.host != "::"
        return isUsable ? own.host : nil
    }
}
