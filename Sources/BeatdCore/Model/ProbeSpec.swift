/// How one descriptor wants its process looked at: what to ask, how often, and how much an answer counts.
package struct ProbeSpec: Hashable, Sendable {
    package var target: Target
    /// Alive looks in a row before the probe counts as passing, 1-100.
    package var rise: Int
    /// Failing looks in a row before the probe counts as down, 1-100.
    ///
    /// A `gone` look needs no second one.
    package var fall: Int

    package init(target: Target, rise: Int = 1, fall: Int = 3) {
        self.target = target
        self.rise = rise
        self.fall = fall
    }

    /// How old a decisive look may be and still carry a beat (promise P1).
    package var freshness: Duration { target.interval + target.timeout + .seconds(1) }
}

/// Something to look at, and how: probes with the same target share its looks.
package struct Target: Hashable, Sendable {
    private struct Fields: Hashable, Sendable {
        var kind: ProbeKind
        @InNanoseconds var interval: Duration
        @InNanoseconds var timeout: Duration
    }

    /// The descriptor, the schedule and each order of a look hold the same one.
    private var fields: Shared<Fields>

    package var kind: ProbeKind {
        get { fields.value.kind }
        set { fields.value.kind = newValue }
    }
    /// Between the beginnings of two looks, 100 ms - 1 h.
    package var interval: Duration {
        get { fields.value.interval }
        set { fields.value.interval = newValue }
    }
    /// After which a look is `failing`, 10 ms - 1 m, at most the interval.
    package var timeout: Duration {
        get { fields.value.timeout }
        set { fields.value.timeout = newValue }
    }

    package init(kind: ProbeKind, interval: Duration = .seconds(2), timeout: Duration = .seconds(1)) {
        fields = Shared(Fields(kind: kind, interval: interval, timeout: timeout))
    }
}

extension Target {
    /// When to look again after a look that was ordered at `last`.
    ///
    /// Looks at ports share one phase, the multiples of their interval since boot, so that one dump answers all of them.
    func next(after last: Instant) -> Instant {
        guard case .port = kind else { return last + interval }
        let length = interval.nanoseconds
        return Instant(nanoseconds: (last.nanoseconds / length + 1) * length)
    }
}

/// What a probe asks (contract 3.1).
///
/// The other kinds come with later versions.
package enum ProbeKind: Hashable, Sendable {
    /// A connection to a literal address opens, or, for `localhost`, to one of its two.
    case tcp(host: String, port: Int)
    /// The kernel shows a listening socket on that port of this host (sock_diag(7)).
    case port(Int, on: PortAddress)
    /// The file names a live process, running `executable` (a path or a name) where given.
    case pidfile(path: String, executable: String?)

    /// The one name of a `tcp` probe's host: 127.0.0.1 and ::1, without asking anybody (RFC 6761 6.3).
    package static let localhost = "localhost"

    /// The key of the probe in a descriptor.
    package var name: String {
        switch self {
        case .tcp: "tcp"
        case .port: "port"
        case .pidfile: "pidfile"
        }
    }

    /// What people read: `127.0.0.1:9100`, `9100`, `/run/billing.pid`.
    package var subject: String {
        switch self {
        case .tcp(let host, let port), .port(let port, on: .literal(let host)):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .port(let port, _): String(port)
        case .pidfile(let path, _): path
        }
    }
}

/// Where somebody has to listen on a port (contract 3.1); on a wildcard is always good.
package enum PortAddress: Hashable, Sendable {
    case any
    /// Canonical text.
    case literal(String)
    /// On the address that callers are sent to; any, where this host doesn't have that one.
    case advertised(AddressChoice)
}
