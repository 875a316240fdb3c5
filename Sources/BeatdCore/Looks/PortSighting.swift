/// Who listens on a port in beatd's own network namespace (sock_diag(7)).
package enum PortSighting: Hashable, Sendable {
    /// Neither a whole dump nor look-ups after it showed anybody.
    case nobody
    /// Up to 32 listening sockets; where none of them is where it was looked for, look-ups after the dump agreed.
    case listening(Listener, others: [Listener] = [])
    /// Netlink is closed to beatd, as text why; somebody was connected to instead.
    case connection(ConnectSighting, because: String)
}

/// A listening TCP socket.
package enum Listener: Hashable, Sendable {
    /// 0.0.0.0.
    case everyIPv4
    /// `::` with IPV6_V6ONLY (ipv6(7)).
    case everyIPv6
    /// `::` that takes IPv4 too.
    case dualStack
    /// Canonical text.
    case address(String)

    /// Whether a caller of that address, canonical text, gets through to it.
    package func takes(_ address: String) -> Bool {
        switch self {
        case .dualStack: true
        case .everyIPv4: !isIPv6(address)
        case .everyIPv6: isIPv6(address)
        case .address(let own): own == address
        }
    }

    /// Told by what stands behind the first number.
    private func isIPv6(_ address: String) -> Bool {
        for byte in address.utf8 {
            if byte == UInt8(ascii: ":") { return true }
            if byte == UInt8(ascii: ".") { return false }
        }
        return false
    }

    /// What people read: `127.0.0.1`, `::1`, `IPv6`.
    var subject: String {
        switch self {
        case .everyIPv4: "IPv4"
        case .everyIPv6: "IPv6"
        case .dualStack: "every address"
        case .address(let own): own
        }
    }

    /// Whether it is for this host alone.
    fileprivate var isLoopback: Bool {
        guard case .address(let own) = self else { return false }
        return own.hasPrefix("127.") || own == "::1"
    }

    fileprivate var isAddress: Bool { if case .address = self { true } else { false } }
}

/// Judges who listens; without `callers` whoever listens is good for an advertised port.
func judgePort(
    _ seen: PortSighting, _ kind: ProbeKind, port: Int, on address: PortAddress, _ callers: [String]
) -> Verdict {
    switch seen {
    case .nobody:
        return Verdict(.gone, "\(kind.subject): nobody listens")
    case .connection(let outcome, let why):
        var verdict = judgeConnect(outcome, to: kind)
        let note = "connected, as socket diagnosis is closed to beatd: \(why)"
        verdict.reason = verdict.reason.map { "\($0) (\(note))" } ?? "\(kind.subject): \(note)"
        return verdict
    case .listening(let first, let others):
        let wanted: [String] =
            switch address {
            case .any: []
            case .literal(let literal): [literal]
            case .advertised: callers
            }
        var alive = Verdict(.alive)
        if case .advertised = address { alive.isForCallers = first.isAddress }
        guard !wanted.isEmpty else { return alive }
        for place in wanted where first.takes(place) || others.contains(where: { $0.takes(place) }) { return alive }
        let all = [first] + others
        let places = Set(all.map(\.subject)).sorted().joined(separator: " and ")
        var reason = "\(port) listens on \(places) only, "
        if case .literal(let literal) = address {
            reason += "not on \(literal)"
        } else {
            reason += "callers come to \(wanted.joined(separator: " and "))"
        }
        // A service that is there, but not for its callers, may still be starting; a stranger's address proves nothing.
        return Verdict(all.contains { $0.isLoopback || !$0.isAddress } ? .failing : .gone, reason)
    }
}
