import BeatdCore
import Linux
import Systemd

/// Owns the loop and the heart: everything that happens comes in here, every effect goes out from here.
///
/// One event in, every effect performed, then the next; what an effect causes at once waits in the inbox.
final class ReactorLoop {
    /// Who performs what.
    struct Performers {
        var look: ([LookOrder]) -> Void
        var watch: (ProcessIdentity) -> Void
        var unwatch: (ProcessIdentity) -> Void
        var open: (ConnectionID, Server) -> Void
        var close: (ConnectionID) -> Void
        var write: (ConnectionID) -> Void
        var save: (UInt64, RememberedState) -> Void
        var transition: (Transition) -> Void
        var refused: (String, WriteClass, Refusal) -> Void
        var ready: () -> Void
        var finished: ([Leftover]) -> Void
        /// After each drained inbox: something may look different now.
        var changed: () -> Void
    }

    /// A suspended host must notice that it was: no sleep is longer, whatever the heart waits for.
    private static let longestSleep = Duration.seconds(1)
    /// An inbox that never empties is a bug of ours.
    private static let mostEvents = 1_000_000
    /// Room that stays: what a tick brings fits, what a whole folder brings at once goes back.
    private static let mostRoom = 1024

    let loop: EventLoop
    private(set) var heart: BeatReactor
    private var performers: Performers?
    private var inbox: [Event] = []
    private var effects = Effects()
    private var isBusy = false
    private var timer: EventSource?
    private var armed: Instant?

    init(loop: EventLoop, settings: Settings) throws(SystemCallError) {
        self.loop = loop
        heart = BeatReactor(settings: settings, at: Instant(nanoseconds: Clocks.boot()))
        timer = try loop.timer { [unowned self] in
            self.armed = nil
            self.send(.tick)
        }
    }

    func start(_ performers: Performers) { self.performers = performers }

    /// Lets go of the drivers; what they still tell is dropped.
    func stop() {
        isBusy = true
        inbox = []
        performers = nil
        timer = nil
    }

    /// Takes events from a driver; safe to call from inside an effect.
    func send(_ events: [Event]) {
        inbox += events
        guard !isBusy else { return }
        isBusy = true
        defer { isBusy = false }
        drain()
        performers?.changed()
        arm()
    }

    func send(_ event: Event) { send([event]) }

    /// What that connection is to send at this very instant: promise P1 needs a fresh reading of the clock.
    func nextWrite(on connection: ConnectionID) -> WriteOrder? {
        heart.nextWrite(on: connection, at: Instant(nanoseconds: Clocks.boot()))
    }

    /// Whether the rest of a write may still leave, by a clock as fresh.
    func mayFinish(_ write: WriteID) -> Bool { heart.mayFinish(write, at: Instant(nanoseconds: Clocks.boot())) }

    private func drain() {
        var position = 0
        while position < inbox.count {
            precondition(position < Self.mostEvents, "the heart and its drivers never come to rest")
            // Not the turn's time: a look may have begun on a thread since, and what a wake overtakes began before it.
            heart.handle(inbox[position], at: Instant(nanoseconds: Clocks.boot()), into: &effects)
            position += 1
            perform()
        }
        inbox.removeAll(keepingCapacity: inbox.capacity <= Self.mostRoom)
    }

    private func perform() {
        guard let performers else { preconditionFailure("an event came before the loop was started") }
        for effect in effects.list {
            switch effect {
            case .look(let orders): performers.look(orders)
            case .watch(let process): performers.watch(process)
            case .unwatch(let process): performers.unwatch(process)
            case .open(let id, let server): performers.open(id, server)
            case .close(let id): performers.close(id)
            case .write(let id): performers.write(id)
            case .save(let version, let state): performers.save(version, state)
            case .transition(let transition): performers.transition(transition)
            case .refused(let name, let kind, let refusal): performers.refused(name, kind, refusal)
            case .ready: performers.ready()
            case .finished(let left): performers.finished(left)
            }
        }
        effects.list.removeAll(keepingCapacity: effects.list.capacity <= Self.mostRoom)
    }

    private func arm() {
        let latest = Instant(nanoseconds: Clocks.boot()) + Self.longestSleep
        let due = min(heart.nextDeadline()?.at ?? latest, latest)
        if let armed, armed <= due, armed > latest - Self.longestSleep { return }
        armed = due
        timer?.arm(at: due.nanoseconds)
    }
}
