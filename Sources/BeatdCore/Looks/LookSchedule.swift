/// Names one target while somebody looks at it.
struct TargetID: Hashable { var index: Int32 }

/// What is looked at, when, and what earlier looks left behind.
///
/// Descriptors with the same target share its looks.
struct LookSchedule {
    struct Entry {
        let target: Target
        var subscribers: Subscribers
        var memory = LookMemory()
        /// The look that is out, and when it was ordered.
        var out: (id: LookID, at: Instant)?
        /// Something happened while a look was out: look again when it is back.
        var again = false
        /// Waits for one of the slots of those that ask.
        var isWaiting = false
        var timedOut = false
        /// beatd could not look: not again before.
        var restsUntil = Instant(nanoseconds: .min)
        var timer: TimerWheel<Timer>.Handle?

        /// Whether looks at it take one of the slots.
        var asks: Bool {
            switch target.kind {
            case .tcp: true
            case .port, .pidfile: false
            }
        }
    }

    /// A look that never comes back counts as lost this long after its time-out.
    static let patience = Duration.seconds(2)

    /// Between looks that could not be made, however urgent: what hinders them is beatd's own want.
    static let rest = Duration.milliseconds(100)

    private var slots = Slots<Entry>()
    private var byTarget: [Target: TargetID] = [:]
    private var byProcess: [ProcessIdentity: [TargetID]] = [:]
    private var waiting: [TargetID] = []
    private var asking = 0
    private var askingHung = 0
    private var issued: UInt64 = 0
    var maxInFlight: Int

    init(maxInFlight: Int) { self.maxInFlight = maxInFlight }

    subscript(id: TargetID) -> Entry? { slots.holds(id.index) ? slots[id.index] : nil }

    func id(of target: Target) -> TargetID? { byTarget[target] }

    /// What is looked at, and who hears of it.
    func audience(of id: TargetID) -> (target: Target, subscribers: Subscribers) {
        (slots[id.index].target, slots[id.index].subscribers)
    }

    // MARK: Who looks at what

    mutating func subscribe(_ task: TaskID, to target: Target) -> TargetID {
        if let id = byTarget[target] {
            slots[id.index].subscribers.add(task)
            return id
        }
        let id = TargetID(index: slots.add(Entry(target: target, subscribers: Subscribers(task))))
        byTarget[target] = id
        return id
    }

    /// The last subscriber's leaving ends the looks at it.
    mutating func unsubscribe(
        _ task: TaskID, from target: Target, _ timers: inout TimerWheel<Timer>, into effects: inout Effects
    ) {
        guard let id = byTarget[target] else { return }
        slots[id.index].subscribers.remove(task)
        guard slots[id.index].subscribers.isEmpty else { return }
        if let timer = slots[id.index].timer { timers.remove(timer) }
        if slots[id.index].out != nil { release(id) }
        if let process = slots[id.index].memory.process { forget(process, of: id, into: &effects) }
        waiting.removeAll { $0 == id }
        byTarget[target] = nil
        slots.remove(id.index)
    }

    // MARK: Ordering

    /// Orders a look now, or remembers to as soon as the one that is out is back or a slot is free.
    mutating func look(_ id: TargetID, _ timers: inout TimerWheel<Timer>, at now: Instant, into effects: inout Effects)
    {
        guard slots.holds(id.index) else { return }
        guard slots[id.index].out == nil else {
            slots[id.index].again = true
            return
        }
        guard now >= slots[id.index].restsUntil else { return arm(id, slots[id.index].restsUntil, &timers) }
        let asks = slots[id.index].asks
        if asks, !hasRoom(id) {
            if !slots[id.index].isWaiting {
                slots[id.index].isWaiting = true
                waiting.append(id)
            }
            return
        }
        issued += 1
        let look = LookID(issued, of: id)
        slots[id.index].out = (look, now)
        slots[id.index].again = false
        slots[id.index].isWaiting = false
        if asks {
            asking += 1
            if slots[id.index].timedOut { askingHung += 1 }
        }
        let target = slots[id.index].target
        // Nearly every look is back before the next one is due: then the timer stands already.
        arm(id, min(target.next(after: now), target.lost(at: now)), &timers)
        effects.look(LookOrder(id: look, target: target))
    }

    /// The target's timer fired: its look is due, or the one that is out is lost (then a look of outcome unknown is given).
    mutating func due(
        _ id: TargetID, _ timers: inout TimerWheel<Timer>, at now: Instant, into effects: inout Effects
    ) -> Look? {
        guard slots.holds(id.index) else { return nil }
        slots[id.index].timer = nil
        guard let out = slots[id.index].out else {
            look(id, &timers, at: now, into: &effects)
            return nil
        }
        let lost = slots[id.index].target.lost(at: out.at)
        guard now >= lost else {
            arm(id, lost, &timers)
            return nil
        }
        release(id)
        slots[id.index].out = nil
        look(id, &timers, at: now, into: &effects)
        let subject = slots[id.index].target.kind.subject
        return Look(began: out.at, ended: now, outcome: .unknown, reason: "\(subject): the look never ended")
    }

    // MARK: Seeing

    /// The subscribers of a port on their advertised address, to whom it matters where callers come; nil: nobody.
    func advertisers(of order: LookID) -> Subscribers? {
        let id = order.target
        guard slots.holds(id.index), case .port(_, on: .advertised) = slots[id.index].target.kind else { return nil }
        return slots[id.index].subscribers
    }

    /// Judges a report; nil where nobody waits for it any more.
    ///
    /// `callers` are the addresses where a listener was missed (`advertisers`).
    mutating func take(
        _ report: SightingReport, callers: [String], _ timers: inout TimerWheel<Timer>, at now: Instant,
        into effects: inout Effects
    ) -> (TargetID, Look)? {
        let id = report.order.target
        guard slots.holds(id.index), let out = slots[id.index].out, out.id == report.order else { return nil }
        release(id)
        let verdict = slots[id.index].judged(report, callers: callers, at: now)
        var look = Look(
            began: report.began, ended: report.ended, outcome: verdict.outcome, reason: verdict.reason,
            process: verdict.process)
        look.isForCallers = verdict.isForCallers
        if verdict.outcome == .alive { remember(verdict, of: id, into: &effects) }
        if slots[id.index].again {
            self.look(id, &timers, at: now, into: &effects)
        } else {
            arm(id, max(slots[id.index].target.next(after: out.at), now), &timers)
        }
        return (id, look)
    }

    /// The targets that saw this process last; for each of them it is gone for good.
    mutating func exited(_ process: ProcessIdentity) -> [(id: TargetID, target: Target)] {
        let ids = byProcess[process] ?? []
        for id in ids { slots[id.index].memory.hasExited = true }
        return ids.map { ($0, slots[$0.index].target) }
    }

    /// Orders the looks that waited for a slot.
    mutating func fill(_ timers: inout TimerWheel<Timer>, at now: Instant, into effects: inout Effects) {
        guard !waiting.isEmpty, asking < maxInFlight else { return }
        let line = waiting
        waiting.removeAll(keepingCapacity: true)
        for (position, id) in line.enumerated() {
            guard asking < maxInFlight else {
                waiting.append(contentsOf: line[position...])
                return
            }
            slots[id.index].isWaiting = false
            look(id, &timers, at: now, into: &effects)
        }
    }

    private mutating func remember(_ verdict: Verdict, of id: TargetID, into effects: inout Effects) {
        guard let process = verdict.process else { return }
        let last = slots[id.index].memory.process
        if last != process {
            if let last { forget(last, of: id, into: &effects) }
            if byProcess[process] == nil { effects.append(.watch(process)) }
            byProcess[process, default: []].append(id)
            slots[id.index].memory.hasExited = false
        }
        slots[id.index].memory.process = process
        slots[id.index].memory.stamp = verdict.stamp
    }

    private mutating func forget(_ process: ProcessIdentity, of id: TargetID, into effects: inout Effects) {
        byProcess[process]?.removeAll { $0 == id }
        guard byProcess[process]?.isEmpty == true else { return }
        byProcess[process] = nil
        effects.append(.unwatch(process))
    }

    // MARK: Slots

    /// Targets whose last look timed out share a quarter of the slots, so that many hung ones starve nobody.
    private func hasRoom(_ id: TargetID) -> Bool {
        guard asking < maxInFlight else { return false }
        return !slots[id.index].timedOut || askingHung < max(maxInFlight / 4, 1)
    }

    private mutating func release(_ id: TargetID) {
        guard slots[id.index].asks else { return }
        asking -= 1
        if slots[id.index].timedOut { askingHung -= 1 }
    }

    private mutating func arm(_ id: TargetID, _ due: Instant, _ timers: inout TimerWheel<Timer>) {
        timers.arm(&slots[id.index].timer, .target(id), due: due)
    }
}

extension LookSchedule.Entry {
    /// The look that is out is back.
    fileprivate mutating func judged(_ report: SightingReport, callers: [String], at now: Instant) -> Verdict {
        out = nil
        let verdict = judge(target.kind, report.seen, memory, callers: callers)
        if let process = memory.process, report.seen.provesExit(of: process) { memory.hasExited = true }
        timedOut = report.seen.isTimeout
        if verdict.outcome == .unknown { restsUntil = now + LookSchedule.rest }
        return verdict
    }
}

extension Sighting {
    /// Whether it shows that the process last seen has ended, though no event said so.
    fileprivate func provesExit(of process: ProcessIdentity) -> Bool {
        switch self {
        case .pidfile(.nobody(_, let pid)): return pid == process.pid
        case .pidfile(.process(_, let running)):
            return running.identity == process ? running.exited : running.identity.pid == process.pid
        case .pidfile, .tcp, .port, .hindered: return false
        }
    }
}

extension Target {
    /// When a look that was ordered at `then` counts as lost.
    fileprivate func lost(at then: Instant) -> Instant { then + timeout + LookSchedule.patience }
}

extension LookID {
    /// Of a row below 2^24; 2^40 looks last for three years at 10,000 a second, and then the first numbers are free again.
    fileprivate init(_ issued: UInt64, of target: TargetID) { self.init(number: issued << 24 | UInt64(target.index)) }

    fileprivate var target: TargetID { TargetID(index: Int32(number & 0xff_ffff)) }
}
