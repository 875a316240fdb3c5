/// Which interfaces the default routes of this host's main table lead to, the preferred one first.
///
/// A VPN's two halves (0.0.0.0/1 and 128.0.0.0/1) win every look-up of a route, and are no default route.
package enum DefaultRoutes {
    /// Seven thousand routes; a router with more of them says which address it means.
    static let largestTable = 1 << 20

    /// Nil where the table can't be read whole.
    package static func interfaces(_ family: Addresses.Family) -> [String]? {
        // Not /proc/net: that one is hidden where a sandbox shows only processes (systemd.exec(5), ProcSubset=).
        let path = family == .four ? "/proc/thread-self/net/route" : "/proc/self/net/ipv6_route"
        guard let text = Files.text(at: path, limit: largestTable) else { return nil }
        return family == .four ? four(text) : six(text)
    }

    /// Reads what /proc/net/route shows: interface, destination, gateway, flags, references, uses, metric, mask.
    package static func four(_ text: String) -> [String] {
        preferred(
            text.split(separator: "\n").dropFirst().compactMap { line in
                let words = line.split { $0 == "\t" || $0 == " " }
                guard words.count > 7, words[1] == "00000000", words[7] == "00000000", isUsable(words[3]),
                    let metric = UInt32(words[6])
                else { return nil }
                return (String(words[0]), metric)
            })
    }

    /// Reads what /proc/net/ipv6_route shows: destination, its length, source, its length, gateway, metric, references,
    /// uses, flags, interface.
    package static func six(_ text: String) -> [String] {
        preferred(
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ")
                guard words.count > 9, words[1] == "00", words[3] == "00", isUsable(words[8]),
                    let metric = UInt32(words[5], radix: 16)
                else { return nil }
                return (String(words[9]), metric)
            })
    }

    /// RTF_UP, and not RTF_REJECT (linux/route.h): the kernel keeps an IPv6 default route that leads nowhere.
    private static func isUsable(_ flags: Substring) -> Bool {
        UInt32(flags, radix: 16).map { $0 & 0x201 == 0x001 } ?? false
    }

    private static func preferred(_ routes: [(interface: String, metric: UInt32)]) -> [String] {
        // The order of the table decides between equals.
        routes.enumerated().sorted { ($0.element.metric, $0.offset) < ($1.element.metric, $1.offset) }
            .map(\.element.interface)
    }
}
