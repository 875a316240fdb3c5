import BeatdCore
import Predicates

/// beatd starts, is killed, or ends by itself; what it saved is all that it keeps.
extension World {
    /// The list as the configuration has it.
    static func servers(_ count: Int) -> [Server] { (0..<count).map { Server(host: "10.1.0.\($0 + 1)") } }

    mutating func startBeatd() {
        guard beatd == nil else { return }
        let now = agenda.now
        for subject in host.subjects.indices { evictTrickster(subject) }
        disk.epoch += 1
        if disk.epoch > 1 { ledger.tally.restarts += 1 }
        let registrySettings = RegistrySettings(
            servers: Self.servers(swarm.servers), api: swarm.api, timeout: .nanoseconds(swarm.timeout),
            writesPerSecond: swarm.writesPerSecond)
        let settings = Settings(registry: registrySettings, maxLooksInFlight: 64, seed: chance.next())
        var isTorn = false
        if !disk.state.isEmpty, swarm.strikes(.tornState, 250, &chance) {
            isTorn = true
            disk.state = Array(disk.state.prefix(chance.below(disk.state.count)))
            ledger.met(.tornState)
            for subject in host.subjects.indices { ledger.hit(.tornState, subject, at: now) }
        }
        var state = RememberedState(encoded: disk.state) ?? RememberedState()
        state.boot = Host.boot
        var remembered: [String: Remembered] = [:]
        for lease in state.leases {
            remembered[Self.name(lease.instance.identity)] = Remembered(
                name: lease.name, cluster: lease.instance.cluster, ip: lease.instance.identity.ip)
        }
        beatd = Beatd(settings, epoch: disk.epoch, at: now)
        network.peers = [:]
        network.server = 0
        oracle.started(remembering: remembered, at: now)
        oracle.remembers(alive: state.wereAlive, isDamaged: isTorn, at: now)
        trace.note(nil, at: now, "beatd starts, remembering \(remembered.count) entries")
        for subject in host.subjects.indices { ledger.witnesses[subject].isFirstAfterRestart = disk.epoch > 1 }
        if !folder.isReadable { ledger.met(.unreadableFolderAtStart) }
        deliver(.restored(state))
        deliver(.addresses(host.addresses), .addresses(host.addresses))
        agenda.plan(.scan, after: chance.between(1, 300) * Time.millisecond)
    }

    /// Reads the folder and hands the snapshot over.
    mutating func scan() {
        disk.isScanPlanned = false
        guard let beatd else { return }
        if beatd.deferred != nil {
            self.beatd?.deferred?.append(.scan)
            return
        }
        let set = folder.set(host.subjects, withBad: swarm.hasBadFiles)
        for file in folder.files where file.isBroken { ledger.hit(.fileBroken, file.subject, at: agenda.now) }
        let note = Beatd.Note.files(
            folder.plans(host.subjects),
            refused: Set(set.rejected.compactMap(\.name)), isComplete: set.complete)
        deliver(.descriptors(set), note)
    }

    /// Something in the folder changed: a scan follows when it has settled.
    mutating func planScan() {
        guard !disk.isScanPlanned else { return }
        disk.isScanPlanned = true
        agenda.plan(.scan, after: 200 * Time.millisecond)
    }

    mutating func killBeatd() {
        guard let beatd else { return }
        let now = agenda.now
        for subject in host.subjects.indices where isAlive(subject) { ledger.hit(.kill, subject, at: now) }
        if network.peers.values.contains(where: { !$0.flights.isEmpty }) { ledger.met(.killWithWriteUnanswered) }
        if beatd.reactor.remembered != RememberedState(encoded: disk.state) { ledger.met(.killWithSaveUnfinished) }
        trace.note(nil, at: now, "beatd is killed")
        leave()
    }

    /// It said all it had to say, and saves what is left.
    mutating func finish(left: [Leftover]) {
        guard let beatd else { return }
        oracle.finished(left: left.map { Self.name($0.identity) }, at: agenda.now)
        if !left.isEmpty { ledger.met(.leftAtStop) }
        disk.state = beatd.reactor.remembered.encoded()
        trace.note(nil, at: agenda.now, "beatd ends")
        leave()
    }

    private mutating func leave() {
        beatd = nil
        network.peers = [:]
        for subject in host.subjects.indices { landed(subject) }
        oracle.ended(at: agenda.now)
        let isLong = chance.happens(15)
        agenda.plan(
            .start, after: isLong ? chance.between(5, 50) * Time.second : chance.between(30, 5000) * Time.millisecond)
    }

    /// SIGTERM: with goodbyes, or for a restart that nobody is to notice; at times a second one follows.
    mutating func stopBeatd() {
        guard let beatd, beatd.deferred == nil, !beatd.isStopping else { return }
        self.beatd?.isStopping = true
        for subject in host.subjects.indices where isAlive(subject) {
            ledger.hit(.orderlyStop, subject, at: agenda.now)
        }
        let isSilent = chance.happens(30)
        if isSilent { ledger.met(.silentStop) }
        if !isSilent, chance.happens(20) {
            agenda.plan(.stopAgain(epoch: beatd.epoch), after: chance.between(1, 8000) * Time.millisecond)
        }
        stop(isSilent: isSilent, within: chance.pick([10, 10, 3]) * Time.second)
    }

    /// The second signal ends it within a second.
    mutating func stopAgain() {
        ledger.met(.secondStop)
        stop(isSilent: false, within: 900 * Time.millisecond)
    }

    private mutating func stop(isSilent: Bool, within limit: Int64) {
        let deadline = agenda.now + limit
        trace.note(
            nil, at: agenda.now, "beatd is asked to stop, \(isSilent ? "silently" : "by \(Time.text(deadline))")")
        oracle.stopping(isSilent: isSilent, by: deadline, at: agenda.now)
        deliver(.stopping(isSilent ? .lapse : .deregister, deadline: Instant(nanoseconds: deadline)))
    }

    private static func name(_ identity: WireIdentity) -> String {
        "\(identity.service.namespace)|\(identity.service.groupedName)|\(identity.ip)|\(identity.port)"
    }

    // MARK: What beatd says about itself

    mutating func checkArmed() {
        guard let beatd, beatd.deferred == nil, agenda.now / Time.second % 5 == 0 else { return }
        let deadline = self.beatd?.reactor.nextDeadline()?.at.nanoseconds
        let unreasoned = beatd.reactor.report.instances.first { $0.reason.isEmpty }?.name
        // The slowest look is every 3 s and may take 1 s more; a lost one is noticed 2 s later.
        oracle.armed(deadline: deadline, longest: 7 * Time.second, unreasoned: unreasoned, at: agenda.now)
    }

    // MARK: Situations of writes

    mutating func note(_ order: WriteOrder, _ subject: Int) {
        if order.api == .v3, case .beat = order.kind { ledger.met(.spokeV3) }
        var witness = ledger.witnesses[subject]
        if order.kind == .inquire {
            ledger.met(order.api == .v1 ? .asked : .askedV3)
            return
        }
        witness.isInFlight = true
        witness.isRegistrationInFlight = order.kind == .register
        switch order.kind {
        case .register:
            ledger.tally.registrations += 1
            witness.wasGoodbyeAnswered = false
        case .beat(let isLight, _):
            if witness.isFirstAfterRestart, isLight { ledger.met(.aliveAfterRestart) }
            if agenda.now - witness.lookedAfterStaleAt < 50 * Time.millisecond { ledger.met(.staleLookAtBeat) }
            witness.isFirstAfterRestart = false
            witness.beatSentAt = agenda.now
        case .deregister:
            ledger.tally.goodbyes += 1
            if witness.wasGoodbyeAnswered { ledger.met(.goodbyeAgain) }
            if witness.goodbyeSentAt > witness.goodbyeAppliedAt { ledger.met(.goodbyeRetried) }
            if witness.isFirstAfterRestart, witness.diedWhileDown { ledger.met(.deadAfterRestart) }
            if witness.isFirstAfterRestart, witness.removedWhileDown { ledger.met(.orphanGoodbye) }
            witness.diedWhileDown = false
            witness.removedWhileDown = false
            witness.isFirstAfterRestart = false
            witness.goodbyeSentAt = agenda.now
        case .inquire: break
        }
        ledger.witnesses[subject] = witness
    }

    mutating func witnessYes(_ write: Int, _ subject: Int) {
        if ledger.witnesses[subject].goodbyeSentAt > ledger.witnesses[subject].beatSentAt {
            ledger.witnesses[subject].wasGoodbyeAnswered = true
        } else {
            ledger.tally.acceptedBeats += 1
        }
    }

    mutating func landed(_ subject: Int) {
        ledger.witnesses[subject].isInFlight = false
        ledger.witnesses[subject].isRegistrationInFlight = false
    }
}
