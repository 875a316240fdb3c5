/// Which leases have something to write now: goodbyes first, then beats, then hellos, each oldest first.
struct WriteQueue {
    /// First in, first out; what was taken is cut off once it is half of the array.
    private struct Line {
        private var entries: [LeaseID] = []
        private var head = 0
        var first: LeaseID? { head < entries.count ? entries[head] : nil }
        var count: Int { entries.count - head }

        mutating func append(_ id: LeaseID) { entries.append(id) }
        mutating func removeFirst() {
            head += 1
            if head == entries.count || (head > 64 && head * 2 > entries.count) {
                entries.removeFirst(head)
                head = 0
            }
        }

        /// Lets go of what nobody wishes any more, or stands twice.
        mutating func tidy(keeping isWished: (LeaseID) -> Bool) {
            var seen: Set<LeaseID> = []
            entries = entries[head...].filter { isWished($0) && seen.insert($0).inserted }
            head = 0
        }
    }

    /// What each lease waits for, by its number.
    private struct Wishes {
        private var kinds: [WriteClass?] = []
        private(set) var count = 0
        /// How many of them are beats.
        private(set) var beats = 0

        subscript(id: LeaseID) -> WriteClass? {
            get { Int(id.index) < kinds.count ? kinds[Int(id.index)] : nil }
            set {
                let old = self[id]
                guard old != newValue else { return }
                while kinds.count <= Int(id.index) { kinds.append(nil) }
                kinds[Int(id.index)] = newValue
                count += (newValue == nil ? 0 : 1) - (old == nil ? 0 : 1)
                beats += (newValue == .beat ? 1 : 0) - (old == .beat ? 1 : 0)
            }
        }
    }

    /// So many places beyond twice the wishes are not worth tidying.
    private static let slack = 64

    private var goodbyes = Line()
    private var beats = Line()
    private var hellos = Line()
    private var queued = Wishes()
    private var budget: WriteBudget

    init(writesPerSecond: Int, at now: Instant) { budget = WriteBudget(perSecond: writesPerSecond, at: now) }

    mutating func limit(to writesPerSecond: Int, at now: Instant) {
        budget = WriteBudget(perSecond: writesPerSecond, at: now)
    }

    var isEmpty: Bool { queued.count == 0 }
    /// How many places are taken in line, those of wishes that were taken back among them.
    var places: Int { goodbyes.count + beats.count + hellos.count }
    /// How many writes wait; the budget may hold some of them back.
    var count: Int { queued.count }
    /// How many of them are beats.
    var beatCount: Int { queued.beats }
    /// Whether a goodbye may wait; one that was taken back counts until its turn.
    var hasGoodbyes: Bool { goodbyes.count > 0 }

    mutating func insert(_ id: LeaseID, _ kind: WriteClass) {
        guard queued[id] != kind else { return }
        queued[id] = kind
        switch kind {
        case .goodbye: Self.append(id, kind, to: &goodbyes, queued)
        case .beat: Self.append(id, kind, to: &beats, queued)
        case .hello: Self.append(id, kind, to: &hellos, queued)
        }
    }

    /// Wishes that are taken back stay in line until their turn, which may never come while the registry is away.
    private static func append(_ id: LeaseID, _ kind: WriteClass, to line: inout Line, _ queued: Wishes) {
        line.append(id)
        if line.count > 2 * queued.count + Self.slack { line.tidy { queued[$0] == kind } }
    }

    mutating func remove(_ id: LeaseID) { queued[id] = nil }

    /// The next lease whose turn it is, of those for which there is room; a token is taken for all but beats.
    mutating func next(for room: RegistryMachine.Room, at now: Instant) -> (LeaseID, WriteClass)? {
        switch room {
        case .none, .inquiry: return nil
        case .lightBeats: return Self.pop(&beats, .beat, &queued, &budget, at: now).map { ($0, .beat) }
        case .anything: break
        }
        #if DELIBERATE_BUGS
            if DeliberateBug.chosen == .starvedGoodbyes {
                if let id = Self.pop(&hellos, .hello, &queued, &budget, at: now) { return (id, .hello) }
                if let id = Self.pop(&beats, .beat, &queued, &budget, at: now) { return (id, .beat) }
            }
        #endif
        if let id = Self.pop(&goodbyes, .goodbye, &queued, &budget, at: now) { return (id, .goodbye) }
        if let id = Self.pop(&beats, .beat, &queued, &budget, at: now) { return (id, .beat) }
        if let id = Self.pop(&hellos, .hello, &queued, &budget, at: now) { return (id, .hello) }
        return nil
    }

    /// The write that was taken doesn't leave after all.
    mutating func giveBack(_ kind: WriteClass) { if kind != .beat { budget.giveBack() } }

    /// When something can be taken; nil where nothing waits.
    mutating func ready(at now: Instant) -> Instant? {
        guard !isEmpty else { return nil }
        // A beat that became something else would make us ask for a write at once, instead of at the next token.
        while let id = beats.first, queued[id] != .beat { beats.removeFirst() }
        return beats.first == nil ? budget.nextToken(at: now) : now
    }

    private static func pop(
        _ line: inout Line, _ kind: WriteClass, _ queued: inout Wishes, _ budget: inout WriteBudget,
        at now: Instant
    ) -> LeaseID? {
        while let id = line.first {
            guard queued[id] == kind else {
                line.removeFirst()  // it has another wish by now, or none
                continue
            }
            if kind != .beat, !budget.take(at: now) { return nil }
            line.removeFirst()
            queued[id] = nil
            return id
        }
        return nil
    }
}
