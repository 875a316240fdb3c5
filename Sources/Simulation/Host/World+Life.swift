import BeatdCore
import Predicates

/// Guarded services live and die by themselves, and recover from what was done to them.
extension World {
    func isAlive(_ subject: Int) -> Bool {
        let kinds = host.subjects[subject]
        return (!kinds.hasFile || host.isAlive(subject, isFile: true))
            && (!kinds.hasPort || host.isAlive(subject, isFile: false))
    }

    /// The predicates hear the truth about every target of that instance.
    mutating func announceTruth(_ subject: Int) {
        for isFile in [true, false] {
            let isAlive = host.isAlive(subject, isFile: isFile)
            for variant in 0...1 {
                let probe = host.subjects[subject].probe(isFile: isFile, variant: variant)
                oracle.truth(probe.target, isAlive: isAlive, of: "", probe: probe, at: agenda.now)
            }
        }
    }

    mutating func trouble(_ subject: Int) {
        if let name = name(of: subject) { oracle.trouble(name, at: agenda.now) }
        for twin in folder.twins where twin.subject == subject { oracle.trouble(twin.name, at: agenda.now) }
    }

    mutating func live(_ subject: Int, _ life: Life) {
        trace.note(subject, at: agenda.now, "host: \(life)")
        switch life {
        case .start: start(subject)
        case .die: die(subject, cause: .death)
        case .writeFile, .repairFile: writeFile(subject)
        case .listen:
            if host.subjects[subject].process != nil {
                host.subjects[subject].listener = .init(state: .accepting)
                // Some take callers of the address alone that the host has when they start.
                if case .advertised? = host.subjects[subject].portAddress, chance.happens(50) {
                    host.subjects[subject].listener.address = host.addresses.source
                }
            }
        case .repairListener:
            host.subjects[subject].listener =
                host.subjects[subject].process == nil
                ? .init(state: .refusing, cause: .death) : .init(state: .accepting)
        case .execBack:
            if let process = host.process(of: subject) {
                let own = host.subjects[subject].executable
                host.change(process.pid) { $0.executable = own }
            }
        case .reuse: reuse(subject)
        case .reuseInTick(let pid): reuseInTick(subject, pid)
        case .repairDescriptor:
            if let index = folder.index(of: subject) { folder.files[index].isBroken = false }
            folder.strays.removeAll { $0 == "bad\(subject)" }
            planScan()
        case .yieldToTwin, .changeBesideTwin, .exchangeWithTwin: changeTwins(subject, life)
        case .removeTwin:
            folder.twins.removeAll { $0.subject == subject }
            planScan()
        case .restoreDescriptor(let version):
            guard folder.index(of: subject) == nil else { return }
            if ledger.witnesses[subject].isInFlight { ledger.met(.fileBackWhileGoodbye) }
            folder.files.append(Folder.File(subject: subject, name: "i\(subject)", version: version))
            loseSight(of: subject)
            planScan()
        }
        trouble(subject)
        announceTruth(subject)
    }

    private mutating func start(_ subject: Int) {
        guard host.subjects[subject].process == nil, !host.subjects[subject].isTrap else { return }
        _ = host.spawn(subject, executable: host.subjects[subject].executable, at: agenda.now)
        agenda.plan(.life(subject, .writeFile), after: chance.between(1, 400) * Time.millisecond)
        agenda.plan(.life(subject, .listen), after: chance.between(5, 2000) * Time.millisecond)
    }

    private mutating func writeFile(_ subject: Int) {
        guard let process = host.process(of: subject) else { return }
        host.write(.pid(process.pid), meant: process.serial, to: subject, cause: nil, at: agenda.now)
    }

    /// The process ends, its listener with it; the pidfile mostly stays behind.
    mutating func die(_ subject: Int, cause: Fault) {
        guard let process = host.process(of: subject) else { return }
        let now = agenda.now
        ledger.tally.deaths += 1
        if beatd == nil { ledger.witnesses[subject].diedWhileDown = true }
        if ledger.witnesses[subject].isRegistrationInFlight { ledger.met(.deathDuringRegistration) }
        if ledger.witnesses[subject].isInFlight { ledger.met(.deathDuringBeat) }
        let identity = host.identity(of: process)
        let isReaped = cause != .death || !swarm.strikes(.unreaped, 300, &chance)
        host.end(process.pid, isReaped: isReaped)
        if !isReaped {
            agenda.plan(.reaped(process.pid), after: chance.between(100 * Time.millisecond, 15 * Time.second))
        }
        host.subjects[subject].listener = .init(state: .refusing, cause: cause)
        host.subjects[subject].file.cause = cause
        if chance.happens(20), cause == .death {
            host.write(.missing, meant: nil, to: subject, cause: cause, at: now)
        }
        announceTruth(subject)
        announceEnd(identity, process.serial, of: subject, isPrompt: cause == .reuseInTick)
        wakeListener(subject)
        if cause == .death, swarm.isActive {
            let isQuick = chance.happens(40)
            let delay = isQuick ? chance.between(50, 2000) * Time.millisecond : chance.between(2, 40) * Time.second
            agenda.plan(.life(subject, .start), after: delay)
        }
    }

    /// A closed listener can be seen by beatd, where the kernel tells.
    mutating func wakeListener(_ subject: Int) {
        guard swarm.hasListenerWakes, host.subjects[subject].hasPort, let epoch = beatd?.epoch else { return }
        for variant in 0...1 {
            let target = host.subjects[subject].target(isFile: false, variant: variant)
            let number = Subject.number(subject, isFile: false, variant: variant)
            if swarm.strikes(.wakeLost, 200, &chance) { continue }
            agenda.plan(.woke(target, number: number, epoch: epoch), after: 300_000)
            if swarm.strikes(.wakeDoubled, 200, &chance) {
                agenda.plan(
                    .woke(target, number: number, epoch: epoch), after: chance.between(1, 900) * Time.millisecond)
            }
        }
    }

    // MARK: Reused numbers

    /// Another process gets the number that the old pidfile names.
    private mutating func reuse(_ subject: Int) {
        let file = host.subjects[subject].file
        guard host.subjects[subject].process == nil, case .pid(let pid) = file.content, pid > 299,
            host.isFree(pid)
        else { return }
        // Less than the tolerance after the file was written nobody without a memory could tell the two apart.
        let isNamed = host.subjects[subject].namesExecutable
        guard isNamed || host.wall(at: agenda.now) - file.stamp.modified > 1200 * Time.millisecond else { return }
        let own = host.subjects[subject].executable
        let looksTheSame = isNamed ? isKnown(subject) && chance.happens(50) : chance.happens(50)
        let process = host.spawn(nil, executable: looksTheSame ? own : "/usr/bin/other", pid: pid, at: agenda.now)
        if isNamed, looksTheSame { host.tricksters[subject] = pid }
        host.subjects[subject].file.cause = .reuse
        if beatd?.looks.values.contains(where: { $0.subject == subject && $0.isFile }) == true {
            ledger.met(.reuseWhileLookOut)
        }
        if beatd == nil { ledger.met(.strangerAfterRestart) }
        announceTruth(subject)
        agenda.plan(.strangerLeaves(process.pid), after: chance.between(1, 40) * Time.second)
    }

    /// Whether beatd has seen the process that the file was written for, and so can tell another one from it.
    private func isKnown(_ subject: Int) -> Bool {
        (0...1).contains { isKnown(Subject.number(subject, isFile: true, variant: $0), subject) }
    }

    /// The same by way of that target.
    func isKnown(_ target: Int, _ subject: Int) -> Bool {
        guard let seen = beatd?.known.seen[target] else { return false }
        let file = host.subjects[subject].file
        return seen.process == file.meant && seen.stamp == file.stamp
    }

    /// Its file is changed, moved or gone: whether beatd still knows what it has seen is its own affair.
    mutating func loseSight(of subject: Int) {
        evictTrickster(subject)
        for variant in 0...1 { beatd?.known.seen[Subject.number(subject, isFile: true, variant: variant)] = nil }
    }

    /// A look begins at a service that is to be seen alive once: it starts, is seen, and dies within one tick.
    mutating func spring(_ subject: Int) {
        host.subjects[subject].isTrap = false
        guard host.subjects[subject].process == nil else { return }
        let process = host.spawn(subject, executable: host.subjects[subject].executable, at: agenda.now)
        host.write(.pid(process.pid), meant: process.serial, to: subject, cause: nil, at: agenda.now)
        if host.subjects[subject].hasPort { host.subjects[subject].listener = .init(state: .accepting) }
        announceTruth(subject)
        trouble(subject)
        agenda.plan(.life(subject, .reuseInTick(process.pid)), after: 3 * Time.millisecond)
    }

    private mutating func reuseInTick(_ subject: Int, _ pid: Int32) {
        guard let process = host.process(of: subject), process.pid == pid else { return }
        die(subject, cause: .reuseInTick)
        agenda.plan(.life(subject, .start), after: chance.between(5, 30) * Time.second)
        guard process.started == agenda.now - agenda.now % Host.tick else { return }
        let isNamed = host.subjects[subject].namesExecutable
        let own = host.subjects[subject].executable
        let stranger = host.spawn(nil, executable: isNamed ? "/usr/bin/other" : own, pid: pid, at: agenda.now)
        if chance.happens(50) { host.subjects[subject].listener = .init(state: .accepting) }
        host.tricksters[subject] = stranger.pid
        ledger.met(.reuseSeenInTick)
        ledger.hit(.reuseInTick, subject, at: agenda.now)
        agenda.plan(.strangerLeaves(stranger.pid), after: chance.between(2, 20) * Time.second)
    }

    /// Nobody without a memory can tell that stranger from its service: it leaves before beatd loses its memory.
    mutating func evictTrickster(_ subject: Int) {
        guard let pid = host.tricksters.removeValue(forKey: subject) else { return }
        strangerLeaves(pid)
    }

    mutating func strangerLeaves(_ pid: Int32) {
        guard let process = host.processes[pid], process.subject == nil else { return }
        host.end(pid)
        for (subject, other) in host.tricksters where other == pid { host.tricksters[subject] = nil }
    }
}
