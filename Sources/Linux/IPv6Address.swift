/// One IPv6 address of an interface, with what the kernel thinks of it.
package struct IPv6Address: Hashable, Sendable {
    /// Canonical text.
    package let host: String
    package let interface: String
    private let flags: UInt8

    /// RFC 4941: changed daily, so nobody can be sent there for long (IFA_F_TEMPORARY, linux/if_addr.h).
    package var isTemporary: Bool { flags & 0x01 != 0 }
    /// Going out of use, or kept out of the choice of sources, as a VIP is (IFA_F_DEPRECATED).
    package var isDeprecated: Bool { flags & 0x20 != 0 }
    /// Somebody else may have it (IFA_F_DADFAILED, IFA_F_TENTATIVE).
    package var isUnproven: Bool { flags & 0x48 != 0 }
    /// Routed inside of a site only (RFC 4193).
    private var isSiteOnly: Bool { host.hasPrefix("fc") || host.hasPrefix("fd") }

    /// Eight hundred addresses.
    private static let largestTable = 1 << 16

    /// Those that are good beyond their link; none where the kernel has no IPv6.
    package static func all() -> [IPv6Address] {
        Files.text(at: "/proc/thread-self/net/if_inet6", limit: largestTable).map(all) ?? []
    }

    /// Reads what /proc/net/if_inet6 shows: address, number of the interface, length, scope, flags, interface.
    package static func all(in text: String) -> [IPv6Address] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 6, words[0].utf8.count == 32, words[3] == "00", let flags = UInt8(words[4], radix: 16)
            else { return nil }
            let groups = stride(from: 0, to: 32, by: 4).map { words[0].dropFirst($0).prefix(4) }
            guard let host = Addresses.canonical(groups.joined(separator: ":")) else { return nil }
            return IPv6Address(host: host, interface: String(words[5]), flags: flags)
        }
    }

    /// The one that callers are best sent to: neither temporary nor unproven; a deprecated one only where there is no
    /// other, and a site's own only after the internet's (RFC 6724 5).
    package static func best(of addresses: [IPv6Address]) -> IPv6Address? {
        func rank(_ address: IPv6Address) -> (Int, Int, String) {
            (address.isDeprecated ? 1 : 0, address.isSiteOnly ? 1 : 0, address.host)
        }
        return addresses.filter { !$0.isTemporary && !$0.isUnproven }.min { rank($0) < rank($1) }
    }
}
