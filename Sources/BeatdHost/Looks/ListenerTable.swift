internal import BeatdCore
internal import Linux

/// Who listens on the ports that one round of looks asks for.
struct ListenerTable {
    /// Places of one port that are told; sockets that share one (SO_REUSEPORT) count once.
    static let mostPlaces = 32

    private static let unwanted: Int32 = -2
    private static let nobody: Int32 = -1

    private struct Row {
        let socket: ListeningSocket
        /// The next row of that port, or `nobody`.
        let next: Int32
    }

    /// By port: the row of the socket that was found last, `nobody` or `unwanted`.
    private var heads = [Int32](repeating: unwanted, count: 65_536)
    private var rows: [Row] = []
    private var ports: [Int] = []
    /// Most listeners of a host share a few addresses: the text of the last one is kept.
    private var latest: (socket: ListeningSocket, place: Listener)?

    /// Forgets the last round; from now on that port counts, too.
    mutating func want(_ port: Int) {
        guard heads[port] == Self.unwanted else { return }
        heads[port] = Self.nobody
        ports.append(port)
    }

    mutating func add(_ socket: ListeningSocket) {
        let port = Int(socket.port)
        guard heads[port] != Self.unwanted else { return }
        rows.append(Row(socket: socket, next: heads[port]))
        heads[port] = Int32(rows.count - 1)
    }

    mutating func removeAll() {
        for port in ports { heads[port] = Self.unwanted }
        ports.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
    }

    /// The place that is listened on at that port where exactly one socket does.
    mutating func onlyPlace(on port: Int) -> Listener? {
        guard heads[port] >= 0, rows[Int(heads[port])].next == Self.nobody else { return nil }
        return place(of: rows[Int(heads[port])].socket)
    }

    private mutating func place(of socket: ListeningSocket) -> Listener {
        if let latest, latest.socket.isPlaced(as: socket) { return latest.place }
        let place = Listener(socket)
        latest = (socket, place)
        return place
    }

    /// Every place that is listened on at that port, each once.
    func places(on port: Int) -> [Listener] {
        var places: [Listener] = []
        var index = heads[port]
        while index >= 0, places.count < Self.mostPlaces {
            let place = Listener(rows[Int(index)].socket)
            if !places.contains(place) { places.append(place) }
            index = rows[Int(index)].next
        }
        return places
    }
}

extension Listener {
    init(_ socket: ListeningSocket) {
        switch (socket.isWildcard, socket.family) {
        case (true, .four): self = .everyIPv4
        case (true, .six): self = socket.isDualStack ? .dualStack : .everyIPv6
        case (false, _): self = .address(socket.address)
        }
    }
}
