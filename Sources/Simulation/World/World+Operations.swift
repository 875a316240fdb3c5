import BeatdCore
import Predicates

/// What is done to the world while faults go on.
extension World {
    mutating func operate() {
        guard swarm.isActive else { return }
        let subject = chance.below(host.subjects.count)
        strike(swarm.draw(&chance), subject)
        agenda.plan(.operate, after: chance.between(swarm.pause / 4, swarm.pause * 7 / 4))
    }

    private mutating func strike(_ fault: Fault, _ subject: Int) {
        trace.note(subject, at: agenda.now, "fault: \(fault)")
        switch fault {
        case .death, .reuse, .reuseInTick, .deadLeader, .exec, .fileMissing, .fileEmpty, .fileGarbage, .fileHalf,
            .fileOne, .listenerRefuses, .listenerHangs, .listenerResets, .clockStep:
            trouble(subject)
            strikeHost(fault, subject)
            announceTruth(subject)
        case .fileBroken, .fileChanged, .fileRemoved, .fileRenamed, .fileTwin, .folderUnreadable:
            if fault != .fileChanged, fault != .fileRenamed { trouble(subject) }
            strikeFolder(fault, subject)
        case .addressMoves, .addressGone: strikeAddresses(fault)
        case .requestLost, .answerLost, .lateApply, .answerSplit, .answerSlow, .halfSent, .error500, .error400,
            .nonsense:
            let number = network.change(
                to: fault, share: 30 + chance.below(70), subject: chance.happens(50) ? subject : nil)
            agenda.plan(.weatherEnds(number), after: chance.between(1, 25) * Time.second)
        case .outageRefusing, .outageHanging, .forgetAll, .operatorRemoves, .lightBeatsFlip, .oddInterval, .upgrade,
            .serverAway, .serverSlow, .serverIll:
            strikeRegistry(fault, subject)
        case .stall:
            for subject in host.subjects.indices where isAlive(subject) { ledger.hit(.stall, subject, at: agenda.now) }
            let isLong = chance.happens(20)
            stand(still: isLong ? chance.between(8, 60) * Time.second : chance.between(50, 8000) * Time.millisecond)
        case .kill:
            if chance.happens(50) { killBeatd() } else { beatd?.killIn = chance.below(40) }
        case .orderlyStop: stopBeatd()
        case .wakeLost, .wakeLate, .wakeDoubled, .slowLook, .hinderedLook, .lostLook, .stallBeforeWrite, .tornState,
            .slowSave, .unreaped:
            break
        }
    }

    // MARK: The host

    private mutating func strikeHost(_ fault: Fault, _ subject: Int) {
        let now = agenda.now
        let repair = chance.between(500, 20_000) * Time.millisecond
        switch fault {
        case .death: die(subject, cause: .death)
        case .reuse:
            die(subject, cause: .death)
            agenda.plan(.life(subject, .reuse), after: chance.between(1, 5000) * Time.millisecond)
        case .reuseInTick:
            guard host.subjects[subject].hasFile else { return }
            die(subject, cause: .death)
            host.subjects[subject].isTrap = true
        case .deadLeader:
            guard let process = host.process(of: subject) else { return }
            host.change(process.pid) { $0.isLeaderDead = true }
            agenda.plan(.life(subject, .die), after: chance.between(5, 60) * Time.second)
        case .exec:
            guard let process = host.process(of: subject), !process.isLeaderDead else { return }
            host.change(process.pid) { $0.executable = "/usr/bin/other" }
            agenda.plan(.life(subject, .execBack), after: repair)
        case .fileMissing, .fileEmpty, .fileGarbage, .fileHalf, .fileOne:
            guard let process = host.process(of: subject) else { return }
            let content: Subject.Pidfile.Content =
                switch fault {
                case .fileMissing: .missing
                case .fileEmpty: .empty
                case .fileGarbage: .garbage
                case .fileHalf: .pid(process.pid / 10)
                default: .pid(1)
                }
            host.write(content, meant: nil, to: subject, cause: fault, at: now)
            agenda.plan(.life(subject, .repairFile), after: repair)
        case .listenerRefuses, .listenerHangs, .listenerResets:
            guard host.subjects[subject].process != nil else { return }
            let state: Subject.Listener.State =
                switch fault {
                case .listenerRefuses: .refusing
                case .listenerHangs: .hanging
                default: .resetting
                }
            host.subjects[subject].listener = .init(state: state, cause: fault)
            if state == .refusing { wakeListener(subject) }
            agenda.plan(.life(subject, .repairListener), after: repair)
        case .clockStep:
            host.wallStep += chance.pick([-1, 1]) * chance.between(1, 7200) * Time.second
            for subject in host.subjects.indices where host.subjects[subject].hasFile && isAlive(subject) {
                ledger.hit(.clockStep, subject, at: now)
            }
        default: return
        }
    }

    // MARK: The folder

    private mutating func strikeFolder(_ fault: Fault, _ subject: Int) {
        let now = agenda.now
        guard let index = folder.index(of: subject) else { return }
        switch fault {
        case .fileBroken:
            if chance.happens(50) { folder.files[index].isBroken = true } else { folder.strays.append("bad\(subject)") }
            agenda.plan(.life(subject, .repairDescriptor), after: chance.between(3, 60) * Time.second)
        case .fileChanged:
            ledger.hit(.fileChanged, subject, at: now)
            folder.files[index].version = changed(folder.files[index].version, subject)
            trace.note(subject, at: now, "file: \(folder.files[index].version)")
        case .fileRemoved:
            ledger.hit(.fileRemoved, subject, at: now)
            loseSight(of: subject)
            if beatd == nil { ledger.witnesses[subject].removedWhileDown = true }
            let version = folder.files.remove(at: index).version
            let delay =
                chance.happens(30) ? chance.between(210, 1500) * Time.millisecond : chance.between(2, 40) * Time.second
            agenda.plan(.life(subject, .restoreDescriptor(version)), after: delay)
        case .fileRenamed:
            ledger.hit(.fileRenamed, subject, at: now)
            loseSight(of: subject)
            folder.files[index].name = folder.files[index].name == "i\(subject)" ? "renamed-i\(subject)" : "i\(subject)"
        case .fileTwin: addTwin(subject, index)
        case .folderUnreadable:
            folder.isReadable = false
            for subject in host.subjects.indices { ledger.hit(.folderUnreadable, subject, at: now) }
            agenda.plan(.readableAgain, after: chance.between(3, 30) * Time.second)
        default: return
        }
        planScan()
    }

    /// A second file for the instance, told by its weight; then the first is removed or changed, or the second is.
    private mutating func addTwin(_ subject: Int, _ index: Int) {
        guard !folder.twins.contains(where: { $0.subject == subject }) else { return }
        ledger.hit(.fileTwin, subject, at: agenda.now)
        if isAlive(subject) { ledger.met(.twin) }
        let file = folder.files[index]
        // Before or behind the first one by name.
        let name = chance.pick(["a-twin\(subject)", "z-twin\(subject)"])
        var twin = Folder.File(subject: subject, name: name, version: file.version)
        twin.version.weight = 7
        folder.twins.append(twin)
        let delay = chance.between(1, 30) * Time.second
        switch chance.below(4) {
        case 0: agenda.plan(.life(subject, .removeTwin), after: delay)
        case 1: agenda.plan(.life(subject, .yieldToTwin), after: delay)
        case 2: agenda.plan(.life(subject, .changeBesideTwin), after: delay)
        default: agenda.plan(.life(subject, .exchangeWithTwin), after: delay)
        }
        agenda.plan(.life(subject, .removeTwin), after: delay + chance.between(5, 60) * Time.second)
    }

    /// One of the two files of an instance changes.
    mutating func changeTwins(_ subject: Int, _ life: Life) {
        guard let index = folder.index(of: subject),
            let twin = folder.twins.firstIndex(where: { $0.subject == subject })
        else { return }
        ledger.met(.twinFreed)
        let other = folder.files[index].version.port == 9000 + subject ? 9500 + subject : 9000 + subject
        switch life {
        case .yieldToTwin:
            let version = folder.files.remove(at: index).version
            agenda.plan(.life(subject, .restoreDescriptor(version)), after: chance.between(1, 30) * Time.second)
        case .changeBesideTwin: folder.files[index].version.port = other
        default:
            // First they differ, then each takes what the other had, in one reading.
            if folder.files[index].version.port == folder.twins[twin].version.port {
                folder.twins[twin].version.port = other
                agenda.plan(.life(subject, .exchangeWithTwin), after: chance.between(1, 20) * Time.second)
            } else {
                ledger.met(.exchanged)
                let port = folder.files[index].version.port
                folder.files[index].version.port = folder.twins[twin].version.port
                folder.twins[twin].version.port = port
            }
        }
        planScan()
    }

    private mutating func changed(_ old: Folder.Version, _ subject: Int) -> Folder.Version {
        var version = old
        switch chance.below(6) {
        case 0:
            version.variant = 1 - version.variant
            loseSight(of: subject)
            if isAlive(subject) { ledger.met(.pendingProbes) }
        case 1:
            version.cluster = version.cluster == "DEFAULT" ? "BLUE" : "DEFAULT"
            if ledger.witnesses[subject].isInFlight { ledger.met(.clusterChangeInFlight) }
        case 2:
            version.port = version.port == 9000 + subject ? 9500 + subject : 9000 + subject
            if isAlive(subject) { ledger.met(.portChange) }
        case 3: version.weight = version.weight == 1 ? 2.5 : 1
        case 4: version.release += 1
        default: version.isAutomatic.toggle()
        }
        return version
    }

    // MARK: Addresses and the registry

    private mutating func strikeAddresses(_ fault: Fault) {
        for subject in host.subjects.indices where isAlive(subject) { ledger.hit(fault, subject, at: agenda.now) }
        oracle.trouble(nil, at: agenda.now)
        if fault == .addressGone {
            ledger.met(.addressGone)
            host.addresses = AddressSet(source: nil, local: ["10.0.0.6"])
            agenda.plan(.addressBack, after: chance.between(1, 20) * Time.second)
        } else {
            ledger.met(.addressMoved)
            moveAddress()
        }
        agenda.plan(.addresses, after: 1)
    }

    mutating func moveAddress() {
        let old = host.addresses.source
        let new = old == "10.0.0.5" ? "10.0.0.7" : "10.0.0.5"
        host.addresses = AddressSet(source: new, local: [new, "10.0.0.6"])
        if let old, swarm.isActive, chance.happens(30) {
            host.addresses.local.insert(old)
            ledger.met(.addressKept)
        } else if host.subjects.contains(where: { $0.listener.address.map { $0 == old } ?? false }) {
            ledger.met(.callersMoved)
        }
        // A literal one is advertised as it is written, wherever it is.
        if swarm.isActive, chance.happens(30) {
            host.addresses.local.remove(Folder.literal)
            ledger.met(.literalElsewhere)
        }
    }

    /// One server, or all of them, slow or ill for a while.
    private mutating func strikeServers(_ fault: Fault) {
        let count = registry.presences.count
        let struck = chance.happens(50) ? Array(0..<count) : [chance.happens(70) ? network.server : chance.below(count)]
        if fault == .serverIll {
            let illness = chance.pick(Registry.Illness.allCases)
            for server in struck { registry.illness[server] = illness }
            oracle.ill(Set(struck), at: agenda.now)
            agenda.plan(.registryUp, after: chance.between(1, 60) * Time.second)
        } else {
            registry.isSlowToApply = chance.happens(50)
            let slowness = chance.between(20 * Time.millisecond, swarm.timeout * 9 / 10)
            for server in struck { registry.slowness[server] = slowness }
            oracle.slow(slowness, at: agenda.now)
            agenda.plan(.registryQuick, after: chance.between(5, 120) * Time.second)
        }
    }

    private mutating func strikeRegistry(_ fault: Fault, _ subject: Int) {
        oracle.trouble(nil, at: agenda.now)
        switch fault {
        case .outageRefusing, .outageHanging:
            guard registry.presences.allSatisfy({ $0 == .up }) else { return }
            registry.presences = registry.presences.map { _ in fault == .outageRefusing ? .refusing : .hanging }
            if fault == .outageRefusing {
                network.errands = [:]
                hangUpAll()
            }
            if chance.happens(50) { forgetAll() }
            agenda.plan(.registryUp, after: chance.between(1, 45) * Time.second)
        case .serverAway:
            // One server of several, most often the one in use.
            let server = chance.happens(70) ? network.server : chance.below(registry.presences.count)
            guard registry.presences.count > 1, registry.presences[server] == .up else { return }
            registry.presences[server] = chance.happens(50) ? .refusing : .hanging
            if server == network.server {
                for subject in host.subjects.indices where isAlive(subject) {
                    ledger.hit(.serverAway, subject, at: agenda.now)
                }
                if registry.presences[server] == .refusing {
                    network.errands = [:]
                    hangUpAll()
                }
            }
            agenda.plan(.registryUp, after: chance.between(1, 45) * Time.second)
        case .serverSlow, .serverIll: strikeServers(fault)
        case .forgetAll: forgetAll()
        case .upgrade:
            guard swarm.api == nil else { return }
            for subject in host.subjects.indices where isAlive(subject) {
                ledger.hit(.upgrade, subject, at: agenda.now)
            }
            let release = chance.pick(Registry.Release.allCases.filter { $0 != registry.release && $0 != .none })
            if chance.happens(30) {
                registry.release = .none
                agenda.plan(.released(release), after: chance.between(100, 10_000) * Time.millisecond)
            } else {
                registry.take(release)
            }
            forgetAll()
        case .operatorRemoves:
            for identity in registry.entries.keys.sorted() where self.subject(of: identity) == subject {
                ledger.hit(.operatorRemoves, subject, at: agenda.now)
                registry.drop(identity, cluster: nil)
            }
            tellChanges()
        case .lightBeatsFlip:
            registry.takesLightBeats.toggle()
            for subject in host.subjects.indices where isAlive(subject) {
                ledger.hit(.lightBeatsFlip, subject, at: agenda.now)
            }
        case .oddInterval:
            registry.oddInterval = chance.pick(["0", "1", "60000", "\"5000\"", "\"abc\"", "1000", "2500", nil])
            for subject in host.subjects.indices where isAlive(subject) {
                ledger.hit(.oddInterval, subject, at: agenda.now)
            }
        default: return
        }
    }

    // MARK: Calm

    /// Faults stop: what is broken is mended, and some of the dead stay dead.
    mutating func calmDown() {
        trace.note(nil, at: agenda.now, "faults stop")
        swarm.calm(at: agenda.now)
        network.weather = nil
        registry.oddInterval = nil
        registry.takesLightBeats = true
        bringRegistryUp()
        makeRegistryQuick()
        if registry.release == .none { registry.take(.both) }
        oracle.trouble(nil, at: agenda.now)
        folder.isReadable = true
        folder.strays = []
        if host.addresses.source == nil { moveAddress() }
        agenda.plan(.addresses, after: 1)
        beatd?.killIn = nil
        for subject in host.subjects.indices {
            host.subjects[subject].isTrap = false
            if let index = folder.index(of: subject) { folder.files[index].isBroken = false }
            agenda.plan(.life(subject, chance.happens(70) ? .start : .die), after: 2 * Time.second)
            agenda.plan(.life(subject, .execBack), after: 3 * Time.second)
            agenda.plan(.life(subject, .repairFile), after: 3 * Time.second)
            agenda.plan(.life(subject, .repairListener), after: 3 * Time.second)
        }
        planScan()
    }
}
