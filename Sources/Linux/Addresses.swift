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

    /// The address that callers can be sent to: the source address of the default route, IPv4 first, else the one towards
    /// the first of `peers` that has one; never loopback, link-local or temporary; nil where there is none.
    package static func source(towards peers: [SocketAddress] = []) -> String? {
        for family in Family.allCases { if let found = source(family) { return found } }
        return peers.lazy.compactMap { own(towards: $0, by: nil) }.first
    }

    /// That of the default route, for one kind.
    package static func source(_ family: Family) -> String? {
        guard let anyone = SocketAddress(family.anyone, port: 9) else { return nil }
        guard let interfaces = DefaultRoutes.interfaces(family) else { return own(towards: anyone, by: nil) }
        return interfaces.lazy.compactMap { own(towards: anyone, by: $0) }.first
    }

    /// Which of its addresses this host speaks from to that peer, by that interface only where one is named.
    ///
    /// A UDP connect sends nothing: the kernel only picks the route (ip(7), connect(2)).
    private static func own(towards peer: SocketAddress, by interface: String?) -> String? {
        guard let socket = try? Sockets.datagram(to: peer, by: interface), let name = Sockets.name(of: socket),
            !isLoopback(name.host), !isLinkLocal(name.host), name.host != "0.0.0.0", name.host != "::"
        else { return nil }
        guard name.host.contains(":") else { return name.host }
        // The kernel is asked for a public address, and takes a temporary or deprecated one where that fits better.
        let all = IPv6Address.all()
        guard let chosen = all.first(where: { $0.host == name.host }), chosen.isTemporary || chosen.isDeprecated else {
            return name.host
        }
        return IPv6Address.best(of: all.filter { $0.interface == chosen.interface })?.host
    }
}
