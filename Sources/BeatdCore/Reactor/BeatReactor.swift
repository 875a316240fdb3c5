/// All of beatd's judgement, as one value: events go in with the time they happened, effects come out.
///
/// Whatever affects a decision lives below this type; it reads no clock, holds no lock, knows no socket and no file.
/// The driver's side of the contract, in six steps:
///
/// 1. Put what happened into an inbox; take one event out.
/// 2. `handle(_:at:into:)` it, with a fresh reading of the clock: what a wake overtakes began before it.
/// 3. Perform every effect, in order. None may call back: what an effect causes at once goes to the inbox.
/// 4. For `.write(connection)` ask `nextWrite(on:at:)`, with a fresh reading of the clock, until it gives nil; hand each
///    order to the socket at once. Promise P1 is judged in that call, when the bytes leave.
/// 5. Next event; when the inbox is empty, arm one timer for `nextDeadline`.
/// 6. When it fires, handle `.tick`. Late, early and doubled ticks do no harm.
///
/// The same events at the same times give the same effects: all chance comes from `Settings.seed`.
package struct BeatReactor {
    var settings: Settings
    var tasks = TaskTable()
    var leases = LeaseTable()
    var looks: LookSchedule
    var queue: WriteQueue
    var registry: RegistryMachine
    var timers: TimerWheel<Timer>
    var chance: Chance
    var answers = AnswerCounts()
    /// What the reasons of those who wait for the registry say about it (`RegistryMachine.problem`).
    var toldProblem: String?
    var flights = Flights()
    var folder = FolderView()
    var memory = Memory()
    var course: Course

    package init(settings: Settings, at now: Instant) {
        self.settings = settings
        looks = LookSchedule(maxInFlight: settings.maxLooksInFlight)
        queue = WriteQueue(writesPerSecond: settings.registry.writesPerSecond, at: now)
        registry = RegistryMachine(settings.registry)
        timers = TimerWheel(startingAt: now)
        chance = Chance(seed: settings.seed)
        course = Course(began: now)
        _ = timers.insert(.ready, due: now + settings.ready.timeout)
    }

    /// One event in; perform every effect; then the next.
    package mutating func handle(_ event: Event, at now: Instant, into effects: inout Effects) {
        switch event {
        case .restored(let state): restore(state, at: now)
        case .configured(let settings): configure(settings, at: now, into: &effects)
        case .descriptors(let set): take(set, at: now, into: &effects)
        case .addresses(let addresses): take(addresses, at: now, into: &effects)
        case .saw(let reports): for report in reports { saw(report, at: now, into: &effects) }
        case .exited(let process): exited(process, at: now, into: &effects)
        case .woke(let target): woke(target, at: now, into: &effects)
        case .connected(let id): connected(id, at: now, into: &effects)
        case .closed(let id, let why): closed(id, why, at: now, into: &effects)
        case .replied(let replies): for reply in replies { replied(reply.write, reply.reply, at: now, into: &effects) }
        case .stopping(let mode, let deadline): stop(mode, deadline: deadline, at: now, into: &effects)
        case .saved(let version, let error): memory.saved(version, isLost: error != nil, &timers, at: now)
        case .tick: break
        }
        expire(at: now, into: &effects)
        retryTwins(at: now, into: &effects)
        looks.fill(&timers, at: now, into: &effects)
        // Where not even the API is known nobody's writes leave.
        let isWidespread = registry.isToBeAsked || answers.isIllnessWidespread(among: flights.wanted)
        abandon(
            registry.moveOn(isIllnessWidespread: isWidespread, at: now, into: &effects), "the next server is tried",
            at: now, into: &effects)
        // A stop that only falls silent says nothing more, not even for the living (promise P7).
        if course.stop?.mode != .lapse { pump(at: now, into: &effects) }
        tellProblem(at: now, into: &effects)
        remember(at: now, into: &effects)
        finishIfDone(at: now, into: &effects)
        effects.end()
    }

    /// When the heart wants `tick`, and why; nil only where nothing is to be done ever.
    ///
    /// Mutating, since what is asked of a property of a class by a getter is asked of a copy: of the whole heart, here.
    package mutating func nextDeadline() -> (at: Instant, why: String)? {
        timers.next().map { ($0.due, $0.key.why) }
    }

    package var report: HeartReport {
        HeartReport(
            tasks: tasks, leases: leases, folder: folder, machine: registry, answers: answers, began: course.began)
    }

    /// Runs every timer that is due.
    ///
    /// A timer never sets another one for the same instant without work in between, so a turn that goes on for ever is
    /// a bug of ours.
    private mutating func expire(at now: Instant, into effects: inout Effects) {
        var bound = timers.count * 4 + 64
        while let timer = timers.popDue(at: now) {
            bound -= 1
            precondition(bound > 0, "the timers of one turn never end")
            switch timer {
            case .task(let id):
                tasks[id].timer = nil
                if !tasks[id].goesOn(as: id, &timers, at: now) { refresh(id, at: now, into: &effects) }
            case .lease(let id):
                leases[id].notes.timer = nil
                schedule(id, at: now, into: &effects)
            case .target(let id):
                if let look = looks.due(id, &timers, at: now, into: &effects) {
                    take(look, of: id, at: now, into: &effects)
                }
            case .answers(let connection): overdue(connection, at: now, into: &effects)
            case .write: flights.timer = nil
            case .inquiry:
                flights.inquiry = nil
                if let connection = registry.inquiring { giveUp(connection, at: now, into: &effects) }
            case .save: memory.timer = nil
            case .ready: course.isReadyDue = true
            case .stop: break  // `finishIfDone` sees the deadline
            }
        }
    }

    // MARK: Looks

    private mutating func saw(_ report: SightingReport, at now: Instant, into effects: inout Effects) {
        let seen = looks.take(report, callers: callers(missedBy: report), &timers, at: now, into: &effects)
        if let (id, look) = seen { take(look, of: id, at: now, into: &effects) }
    }

    /// The advertised addresses of this host that a listener would have to take, unless it takes one of them.
    private func callers(missedBy report: SightingReport) -> [String] {
        guard case .port(.listening(let listener, _)) = report.seen else { return [] }
        let advertisers = looks.advertisers(of: report.order)
        return advertisers.map { tasks.addresses(of: $0, missedBy: listener, among: folder.addresses.local) } ?? []
    }

    private mutating func take(_ look: Look, of id: TargetID, at now: Instant, into effects: inout Effects) {
        let (target, subscribers) = looks.audience(of: id)
        for task in subscribers {
            if tasks[task].take(look, of: target, at: now) { refresh(task, at: now, into: &effects) }
        }
    }

    /// Irrevocable: the process is gone for every target that saw it, and what is there now needs a new look.
    private mutating func exited(_ process: ProcessIdentity, at now: Instant, into effects: inout Effects) {
        for (id, target) in looks.exited(process) {
            // What follows from one of them may end the looks at the next.
            guard let entry = looks[id], entry.target == target else { continue }
            let reason = "\(entry.target.kind.subject): process \(process.pid) has ended"
            for task in entry.subscribers { tasks[task].wake(entry.target, at: now) }
            take(Look(began: now, ended: now, outcome: .gone, reason: reason), of: id, at: now, into: &effects)
            looks.look(id, &timers, at: now, into: &effects)
        }
    }

    private mutating func woke(_ target: Target, at now: Instant, into effects: inout Effects) {
        guard let id = looks.id(of: target), let entry = looks[id] else { return }
        for task in entry.subscribers {
            tasks[task].wake(target, at: now)
            refresh(task, at: now, into: &effects)
        }
        looks.look(id, &timers, at: now, into: &effects)
    }
}
