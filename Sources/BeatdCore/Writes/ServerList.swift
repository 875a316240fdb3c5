/// The servers as configured, and which one is in use: sticky, the next in order once it fails (contract 4).
struct ServerList {
    /// So many failures in a row make us leave a server that answered before; one may be a blip, and everything would be
    /// registered anew.
    static let patience = 2

    private(set) var servers: [Server]
    private var position = 0
    /// Where what we registered stands; nil before the first connection.
    private var home: Server?
    /// Failures in a row at the one in use.
    private var failures = 0
    /// Servers left since one answered.
    private var left = 0

    init(_ servers: [Server]) {
        precondition(!servers.isEmpty, "a list of servers without one")
        self.servers = servers
    }

    var current: Server { servers[position] }

    /// Whether the one in use should be left now.
    var isSpent: Bool { servers.count > 1 && failures >= (left == 0 ? Self.patience : 1) }

    /// Whether each was left since one answered: then the next one is tried no sooner than the back-off says.
    var isRoundOver: Bool { left >= servers.count }

    mutating func failed() { failures += 1 }

    mutating func answered() {
        failures = 0
        left = 0
    }

    mutating func moveOn() {
        position = (position + 1) % servers.count
        failures = 0
        left += 1
    }

    /// A connection to the one in use stands; says whether what we registered stands elsewhere.
    mutating func connected() -> Bool {
        defer { home = current }
        return home.map { $0 != current } ?? false
    }

    /// Another list; the one in use stays where the list still has it.
    ///
    /// Says whether it changed.
    mutating func configure(_ new: [Server]) -> Bool {
        let old = current
        servers = new
        position = new.firstIndex(of: old) ?? 0
        answered()
        return current != old
    }
}
