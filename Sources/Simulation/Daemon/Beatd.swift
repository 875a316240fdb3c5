import BeatdCore
import Predicates

/// One run of beatd: the product's reactor, and a driver that keeps the drivers' contract.
///
/// One event in, every effect performed, then the next; effects never call back.
struct Beatd {
    /// An event with what the predicates are told when it is handled.
    struct Delivery {
        var event: Event
        var note: Note
    }

    /// A process that a look showed, and the version of the file that named it.
    struct Acquaintance: Hashable {
        var process: Int
        var stamp: FileStamp
    }

    /// The processes it knows, by their serial numbers.
    struct Known {
        /// Whose end it wants to hear of.
        var watched: [ProcessIdentity: Int] = [:]
        /// Whom the latest sighting of each identity meant: its pidfd is held until the watch is asked for.
        var held: [ProcessIdentity: Int] = [:]
        /// Whom each target showed last, by the target's number.
        var seen: [Int: Acquaintance] = [:]
        /// The latest dump of listeners.
        var dump: Dump?
    }

    enum Note {
        case none
        case looked(Int, Seen, ordered: Int64, began: Int64)
        case exited(Int)
        case woke(Int)
        case answered(Int, Answer)
        case lost(Int)
        case files([Plan], refused: Set<String>, isComplete: Bool)
        case addresses(AddressSet)
    }

    /// A dump of the host's listeners.
    struct Dump {
        var at: Int64
        var isFailing: Bool
    }

    /// A look that is out.
    struct LookFlight {
        var order: LookOrder
        var orderedAt: Int64
        var subject: Int
        var isFile: Bool
        var number: Int
        var facts: (sighting: Sighting, seen: Seen)?
        /// Its subject's end was told to beatd while it was out.
        var wasOvertaken = false
        var fault: Fault?
    }

    var reactor: BeatReactor
    let epoch: Int
    var isBusy = false
    /// It was asked to stop.
    var isStopping = false
    /// What happened while it stood still; nil while it runs.
    var deferred: [Happening]?
    var looks: [LookID: LookFlight] = [:]
    var known = Known()
    var armed: Int64?
    /// So many effects from now it is killed.
    var killIn: Int?
    /// The next write is not preceded by another stall.
    var hasStalled = false
    private var effects = Effects()
    private var inbox: [Delivery] = []
    private var line = (effects: [Effect](), next: 0)

    init(_ settings: Settings, epoch: Int, at now: Int64) {
        reactor = BeatReactor(settings: settings, at: Instant(nanoseconds: now))
        self.epoch = epoch
    }

    /// Whether an event that comes now is handled now.
    var isRunnable: Bool { !isBusy && deferred == nil }

    mutating func take(_ delivery: Delivery) { inbox.append(delivery) }

    mutating func nextEffect() -> Effect? {
        guard line.next < line.effects.count else { return nil }
        line.next += 1
        return line.effects[line.next - 1]
    }

    /// The effect that was just taken has to wait.
    mutating func putBack() { line.next -= 1 }

    mutating func nextDelivery() -> Delivery? { inbox.isEmpty ? nil : inbox.removeFirst() }

    mutating func handle(_ event: Event, at now: Int64) {
        line.effects.removeAll(keepingCapacity: true)
        line.next = 0
        swap(&line.effects, &effects.list)
        reactor.handle(event, at: Instant(nanoseconds: now), into: &effects)
        swap(&line.effects, &effects.list)
    }
}
