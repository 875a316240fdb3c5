import BeatdCore
import Predicates

/// The driver's side of the heart's contract, as `ReactorLoop` keeps it.
extension World {
    mutating func deliver(_ event: Event, _ note: Beatd.Note = .none) {
        beatd?.take(Beatd.Delivery(event: event, note: note))
        guard beatd?.isRunnable == true else { return }
        turn()
    }

    /// One event in, every effect performed, then the next, until nothing is left or beatd stands still.
    mutating func turn() {
        beatd?.isBusy = true
        while beatd != nil {
            if let effect = beatd?.nextEffect() {
                // What is only told to people doesn't count: a bad file is told about too, and must change nothing else.
                if let left = beatd?.killIn, !effect.isOnlyTold {
                    beatd?.killIn = left - 1
                    if left == 0 {
                        ledger.met(.killInsideTurn)
                        killBeatd()
                        return
                    }
                }
                perform(effect)
                if beatd?.deferred != nil { break }
            } else if let delivery = beatd?.nextDelivery() {
                tell(delivery.note)
                beatd?.handle(delivery.event, at: agenda.now)
            } else {
                break
            }
        }
        beatd?.isBusy = false
        arm()
    }

    private mutating func arm() {
        guard beatd?.deferred == nil, let epoch = beatd?.epoch,
            let due = beatd?.reactor.nextDeadline()?.at.nanoseconds
        else { return }
        if let armed = beatd?.armed, armed <= due { return }
        let at = max(due, agenda.now + 1000)
        beatd?.armed = at
        agenda.plan(.tick(at: at, epoch: epoch), at: at)
    }

    private mutating func tell(_ note: Beatd.Note) {
        let now = agenda.now
        switch note {
        case .none: break
        case .looked(let number, let seen, let ordered, let began):
            oracle.looked(number, seen, ordered: ordered, began: began, at: now)
            trace.note(number / 4, at: now, "look at \(number): \(seen), began \(Time.text(began))")
        case .exited(let process):
            oracle.exited(process, at: now)
            trace.note(nil, at: now, "told: process #\(process) ended")
        case .woke(let number):
            oracle.woke(number, at: now)
            trace.note(number / 4, at: now, "told: target \(number) woke")
        case .answered(let write, let answer): oracle.answered(write, answer, at: now)
        case .lost(let write): oracle.lost(write, at: now)
        case .files(let plans, let refused, let isComplete):
            oracle.files(plans, refused: refused, isComplete: isComplete, at: now)
            trace.note(nil, at: now, "told: \(plans.count) files, refused \(refused.sorted()), complete: \(isComplete)")
        case .addresses(let set):
            oracle.addresses(source: set.source, local: set.local, at: now)
            trace.note(nil, at: now, "told: address \(set.source ?? "none")")
        }
    }

    private mutating func perform(_ effect: Effect) {
        guard let epoch = beatd?.epoch else { return }
        switch effect {
        case .look(let orders): for order in orders { begin(order) }
        case .watch(let identity): watch(identity)
        case .unwatch(let identity): beatd?.known.watched[identity] = nil
        case .open(let id, let server): open(id, to: World.servers(swarm.servers).firstIndex(of: server) ?? 0)
        case .close(let id): close(id)
        case .write(let id):
            if beatd?.hasStalled == false, swarm.strikes(.stallBeforeWrite, 12, &chance) {
                beatd?.hasStalled = true
                beatd?.putBack()
                for subject in host.subjects.indices { ledger.hit(.stallBeforeWrite, subject, at: agenda.now) }
                stand(still: chance.between(50 * Time.millisecond, 6 * Time.second))
                return
            }
            beatd?.hasStalled = false
            write(on: id)
        case .save(let version, let state):
            var duration = chance.between(1, 20) * Time.millisecond
            if swarm.strikes(.slowSave, 200, &chance) {
                duration = chance.between(500, 4000) * Time.millisecond
                for subject in host.subjects.indices { ledger.hit(.slowSave, subject, at: agenda.now) }
            }
            agenda.plan(.saved(version: version, state.encoded(), epoch: epoch), after: duration)
        case .transition(let transition):
            if transition.reason.hasPrefix("held back") { ledger.met(.heldBack) }
            if transition.from == .down, transition.phase == .waiting { ledger.met(.backFromDown) }
            if let phase = transition.phase {
                oracle.told(transition.name, isWaiting: phase == .waiting, isDown: phase == .down, at: agenda.now)
            }
            trace.note(
                subject(of: transition.name), at: agenda.now,
                "\(transition.name): \(transition.from?.rawValue ?? "new") -> \(transition.phase?.rawValue ?? "none"): "
                    + transition.reason)
        case .refused(let name, let kind, let refusal):
            trace.note(subject(of: name), at: agenda.now, "\(name): the \(kind.noun) was refused: \(refusal.sentence)")
        case .ready: break
        case .finished(let left): finish(left: left)
        }
    }

    // MARK: Standing still

    /// SIGSTOP, a starved processor, a suspended host: nothing is handled until then.
    mutating func stand(still length: Int64) {
        guard let epoch = beatd?.epoch, beatd?.deferred == nil else { return }
        beatd?.deferred = []
        oracle.stalls(at: agenda.now)
        if length > 4 * Time.second { ledger.met(.stallOverBeat) }
        trace.note(nil, at: agenda.now, "beatd stands still for \(Time.text(length))")
        agenda.plan(.resume(epoch: epoch), after: length)
    }

    mutating func goOn() {
        guard let waited = beatd?.deferred else { return }
        beatd?.deferred = nil
        oracle.stalled(at: agenda.now)
        trace.note(nil, at: agenda.now, "beatd goes on")
        turn()
        // What the kernel knew of deaths is handled first.
        for happening in waited.filter(\.isExit) + waited.filter({ !$0.isExit }) {
            if beatd?.deferred != nil {
                beatd?.deferred?.append(happening)
            } else if happening.epoch == nil || happening.epoch == beatd?.epoch {
                handleForBeatd(happening)
            }
        }
    }

    mutating func handleForBeatd(_ happening: Happening) {
        switch happening {
        case .sample(let id, _): sample(id)
        case .report(let id, _): report(id)
        case .exited(let identity, let process, _): tellExit(identity, process)
        case .woke(let target, let number, _): deliver(.woke(target), .woke(number))
        case .connected(let id, _): connected(id)
        case .unreachable(let id, let why, _):
            oracle.trouble(nil, at: agenda.now)
            network.peers[id] = nil
            oracle.unreachable(at: agenda.now)
            deliver(.closed(id, .unreachable(why)))
        case .socketTakesRest(let id, _): takeRest(id)
        case .bytesForBeatd(let id, let bytes, _): receive(bytes, on: id)
        case .peerClosed(let id, _): peerClosed(id)
        case .tick(let at, _):
            guard beatd?.armed == at else { return }
            beatd?.armed = nil
            deliver(.tick)
        case .resume: goOn()
        case .stopAgain: stopAgain()
        case .saved(let version, let bytes, _):
            disk.state = bytes
            deliver(.saved(version: version, error: nil))
        case .scan: scan()
        case .addresses: deliver(.addresses(host.addresses), .addresses(host.addresses))
        default: preconditionFailure("a happening that is not for beatd")
        }
    }
}

extension Effect {
    fileprivate var isOnlyTold: Bool {
        switch self {
        case .transition, .refused: true
        default: false
        }
    }
}
