/// Which API a server speaks: as configured, or as it was found out (design.md 4).
///
/// Each new server is asked for the v1 list of our first service; where v1 is gone or switched off, v3 is asked for the same
/// way. An answer that no Nacos gives decides nothing. A write that is told later that its API is missing makes it ask
/// again: the server may have been upgraded.
struct Dialect {
    private enum State: Hashable {
        case spoken(RegistryAPI)
        case toAsk(RegistryAPI)
    }

    /// It asks again no sooner than this after it found out.
    static let pause = Duration.seconds(5)

    let configured: RegistryAPI?
    private var state: State
    private var foundAt = Instant.longAgo
    /// The question that is out.
    private(set) var inquiry: (write: WriteID, connection: ConnectionID)?

    init(_ configured: RegistryAPI?) {
        self.configured = configured
        state = configured.map { .spoken($0) } ?? .toAsk(.v1)
    }

    /// nil until it was found out.
    var spoken: RegistryAPI? { if case .spoken(let api) = state { api } else { nil } }

    /// Which one is asked for next; nil while nothing is to be found out.
    var toAsk: RegistryAPI? { if case .toAsk(let api) = state { api } else { nil } }

    mutating func asked(_ write: WriteID, on connection: ConnectionID) { inquiry = (write, connection) }

    /// The question has no answer.
    mutating func lost(on connection: ConnectionID) { if inquiry?.connection == connection { inquiry = nil } }

    /// The answer came; says whether the server has any API at all, as far as is known.
    mutating func found(_ isThere: Bool, at now: Instant) -> Bool {
        inquiry = nil
        guard let asked = toAsk else { return true }
        if isThere {
            state = .spoken(asked)
            foundAt = now
            return true
        }
        state = .toAsk(asked == .v1 ? .v3 : .v1)
        return asked == .v1
    }

    /// The answer decided nothing: the same is asked for again.
    mutating func learntNothing() { inquiry = nil }

    /// A write was refused since the server does not have that API.
    mutating func refused(at now: Instant) {
        guard configured == nil, now - foundAt >= Self.pause else { return }
        state = .toAsk(.v1)
    }
}
