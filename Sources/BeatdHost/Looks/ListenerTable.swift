internal import BeatdCore
internal import Linux

/// Who listens on the ports that one round of looks asks for.
struct ListenerTable {
    /// Places of one port that are told; sockets that share one (SO_REUSEPORT) count once.
    static let mostPlaces = 32

    private static let unwanted: Int32 = -2
    private static let nobody: Int32 = -1

    private struct Row {
        let place: ListeningSocket.Place
        /// The next row of that port, or `nobody`.
        let next: Int32
    }

    /// By port: the row of the socket that was found last, `nobody` or `unwanted`; empty until a port is wanted.
    private var heads: [Int32] = []
    private var rows: [Row] = []
    private var ports: [UInt16] = []

    /// From now on that port counts, too.
    mutating func want(_ port: Int) {
        if heads.isEmpty { heads = [Int32](repeating: Self.unwanted, count: 65_536) }
        guard heads[port] == Self.unwanted else { return }
        heads[port] = Self.nobody
        ports.append(UInt16(port))
    }

    mutating func add(_ socket: ListeningSocket) {
        let head = heads[Int(socket.port)]
        guard head != Self.unwanted else { return }
        heads[Int(socket.port)] = Int32(rows.count)
        rows.append(Row(place: socket.place, next: head))
    }

    /// Forgets the last round.
    mutating func removeAll() {
        for port in ports { heads[Int(port)] = Self.unwanted }
        ports.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
    }

    /// The place that is listened on at that port where exactly one socket does.
    func onlyPlace(on port: Int) -> ListeningSocket.Place? {
        let head = heads[port]
        guard head >= 0, rows[Int(head)].next == Self.nobody else { return nil }
        return rows[Int(head)].place
    }

    /// Every place that is listened on at that port, each once.
    func places(on port: Int) -> [Listener] {
        var places: [Listener] = []
        var index = heads[port]
        while index >= 0, places.count < Self.mostPlaces {
            let place = Listener(rows[Int(index)].place)
            if !places.contains(place) { places.append(place) }
            index = rows[Int(index)].next
        }
        return places
    }
}

extension Listener {
    init(_ place: ListeningSocket.Place) {
        switch (place.isWildcard, place.family) {
        case (true, .four): self = .everyIPv4
        case (true, .six): self = place.isDualStack ? .dualStack : .everyIPv6
        case (false, _): self = .address(place.address)
        }
    }
}
