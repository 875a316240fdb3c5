/// Names one target while somebody looks at it.
struct TargetID: Hashable { var index: Int32 }

/// What is looked at, when, and what earlier looks left behind.
///
/// Descriptors with the same target share its looks.
struct LookSchedule {
    struct Entry {
        let target: Target
        var subscribers: [TaskID] = []
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
    }

    /// A look that never comes back counts as lost this long after its time-out.
    static let patience = Duration.seconds(2)

    /// Between looks that could not be made, however urgent: what hinders them is beatd's own want.
    static let rest = Duration.milliseconds(100)

    private var slots: [Entry?] = []
    private var free: [Int32] = []
    private var byTarget: [Target: TargetID] = [:]
    private var byLook: [LookID: TargetID] = [:]
    private var byProcess: [ProcessIdentity: [TargetID]] = [:]
    private var waiting: [TargetID] = []
    private var asking = 0
    private var askingHung = 0
    private var issued: UInt64 = 0
    var maxInFlight: Int

    init(maxInFlight: Int) { self.maxInFlight = maxInFlight }

    subscript(id: TargetID) -> Entry? { slots[Int(id.index)] }

    func id(of target: Target) -> TargetID? { byTarget[target] }

    // MARK: Who looks at what

    mutating func subscribe(_ task: TaskID, to target: Target) -> TargetID {
        if let id = byTarget[target] {
            if slots[Int(id.index)]?.subscribers.contains(task) == false {
                slots[Int(id.index)]?.subscribers.append(task)
            }
            return id
        }
        let id: TargetID
        if let index = free.popLast() {
            id = TargetID(index: index)
            slots[Int(index)] = Entry(target: target, subscribers: [task])
        } else {
            id = TargetID(index: Int32(slots.count))
            slots.append(Entry(target: target, subscribers: [task]))
        }
        byTarget[target] = id
        return id
    }

    /// The last subscriber's leaving ends the looks at it.
    mutating func unsubscribe(
        _ task: TaskID, from target: Target, _ timers: inout TimerWheel<Timer>, into effects: inout Effects
    ) {
        guard let id = byTarget[target], var entry = slots[Int(id.index)] else { return }
        entry.subscribers.removeAll { $0 == task }
        slots[Int(id.index)] = entry
        guard entry.subscribers.isEmpty else { return }
        if let timer = entry.timer { timers.remove(timer) }
        if let out = entry.out {
            byLook[out.id] = nil
            release(entry)
        }
        if let process = entry.memory.process { forget(process, of: id, into: &effects) }
        waiting.removeAll { $0 == id }
        byTarget[target] = nil
        slots[Int(id.index)] = nil
        free.append(id.index)
    }

    // MARK: Ordering

    /// Orders a look now, or remembers to as soon as the one that is out is back or a slot is free.
    mutating func look(_ id: TargetID, _ timers: inout TimerWheel<Timer>, at now: Instant, into effects: inout Effects)
    {
        guard var entry = slots[Int(id.index)] else { return }
        guard entry.out == nil else {
            slots[Int(id.index)]?.again = true
            return
        }
        guard now >= entry.restsUntil else {
            arm(&entry, id, entry.restsUntil, &timers)
            slots[Int(id.index)] = entry
            return
        }
        if asks(entry), !hasRoom(entry) {
            if !entry.isWaiting {
                slots[Int(id.index)]?.isWaiting = true
                waiting.append(id)
            }
            return
        }
        issued += 1
        let look = LookID(number: issued)
        entry.out = (look, now)
        entry.again = false
        entry.isWaiting = false
        if asks(entry) {
            asking += 1
            if entry.timedOut { askingHung += 1 }
        }
        byLook[look] = id
        let lost = now + entry.target.timeout + Self.patience
        arm(&entry, id, lost, &timers)
        slots[Int(id.index)] = entry
        effects.append(.look(LookOrder(id: look, target: entry.target)))
    }

    /// The target's timer fired: its look is due, or the one that is out is lost (then a look of outcome unknown is given).
    mutating func due(
        _ id: TargetID, _ timers: inout TimerWheel<Timer>, at now: Instant, into effects: inout Effects
    ) -> Look? {
        guard var entry = slots[Int(id.index)] else { return nil }
        entry.timer = nil
        slots[Int(id.index)] = entry
        guard let out = entry.out else {
            look(id, &timers, at: now, into: &effects)
            return nil
        }
        byLook[out.id] = nil
        release(entry)
        entry.out = nil
        slots[Int(id.index)] = entry
        look(id, &timers, at: now, into: &effects)
        return Look(
            began: out.at, ended: now, outcome: .unknown, reason: "\(entry.target.kind.subject): the look never ended")
    }

    // MARK: Seeing

    /// Judges a report; nil where nobody waits for it any more.
    ///
    /// `callers` are needed to judge who listens.
    mutating func take(
        _ report: SightingReport, _ callers: Callers, _ timers: inout TimerWheel<Timer>, at now: Instant,
        into effects: inout Effects
    ) -> (TargetID, Look)? {
        guard let id = byLook.removeValue(forKey: report.order), var entry = slots[Int(id.index)], let out = entry.out
        else { return nil }
        release(entry)
        entry.out = nil
        let verdict = judge(entry.target.kind, report.seen, entry.memory, callers: callers.addresses(of: entry))
        if provesExit(report.seen, of: entry.memory.process) { entry.memory.hasExited = true }
        let look = Look(
            began: report.began, ended: report.ended, outcome: verdict.outcome, reason: verdict.reason,
            process: verdict.process)
        entry.timedOut = report.seen == .tcp(.timedOut)
        if verdict.outcome == .unknown { entry.restsUntil = now + Self.rest }
        slots[Int(id.index)] = entry
        if verdict.outcome == .alive { remember(verdict, of: id, into: &effects) }
        if let again = slots[Int(id.index)]?.again, again {
            self.look(id, &timers, at: now, into: &effects)
        } else if var entry = slots[Int(id.index)] {
            arm(&entry, id, max(entry.target.next(after: out.at), now), &timers)
            slots[Int(id.index)] = entry
        }
        return (id, look)
    }

    /// The targets that saw this process last; for each of them it is gone for good.
    mutating func exited(_ process: ProcessIdentity) -> [TargetID] {
        let ids = byProcess[process] ?? []
        for id in ids { slots[Int(id.index)]?.memory.hasExited = true }
        return ids
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
            slots[Int(id.index)]?.isWaiting = false
            look(id, &timers, at: now, into: &effects)
        }
    }

    /// Whether a sighting shows that the process last seen has ended, though no event said so.
    private func provesExit(_ seen: Sighting, of process: ProcessIdentity?) -> Bool {
        guard let process else { return false }
        switch seen {
        case .pidfile(.nobody(_, let pid)): return pid == process.pid
        case .pidfile(.process(_, let running)):
            return running.identity == process ? running.exited : running.identity.pid == process.pid
        case .pidfile, .tcp, .port, .hindered: return false
        }
    }

    private mutating func remember(_ verdict: Verdict, of id: TargetID, into effects: inout Effects) {
        guard let process = verdict.process, let memory = slots[Int(id.index)]?.memory else { return }
        if memory.process != process {
            if let last = memory.process { forget(last, of: id, into: &effects) }
            if byProcess[process] == nil { effects.append(.watch(process)) }
            byProcess[process, default: []].append(id)
            slots[Int(id.index)]?.memory.hasExited = false
        }
        slots[Int(id.index)]?.memory.process = process
        slots[Int(id.index)]?.memory.stamp = verdict.stamp
    }

    private mutating func forget(_ process: ProcessIdentity, of id: TargetID, into effects: inout Effects) {
        byProcess[process]?.removeAll { $0 == id }
        guard byProcess[process]?.isEmpty == true else { return }
        byProcess[process] = nil
        effects.append(.unwatch(process))
    }

    // MARK: Slots

    private func asks(_ entry: Entry) -> Bool {
        switch entry.target.kind {
        case .tcp: true
        case .port, .pidfile: false
        }
    }

    /// Targets whose last look timed out share a quarter of the slots, so that many hung ones starve nobody.
    private func hasRoom(_ entry: Entry) -> Bool {
        guard asking < maxInFlight else { return false }
        return !entry.timedOut || askingHung < max(maxInFlight / 4, 1)
    }

    private mutating func release(_ entry: Entry) {
        guard asks(entry) else { return }
        asking -= 1
        if entry.timedOut { askingHung -= 1 }
    }

    private mutating func arm(_ entry: inout Entry, _ id: TargetID, _ due: Instant, _ timers: inout TimerWheel<Timer>) {
        if let timer = entry.timer {
            timers.move(timer, to: due)
        } else {
            entry.timer = timers.insert(.target(id), due: due)
        }
    }
}
