import BeatdCore
import Predicates

/// A host, a network, a registry and beatd in it, all from one seed.
struct World {
    var agenda = Agenda(startingAt: 100 * Time.second)
    var chance: Chance
    var swarm: Swarm
    var host: Host
    var folder = Folder()
    var registry: Registry
    var network = Network()
    var disk = Disk()
    var beatd: Beatd?
    var oracle: Oracle
    var ledger: Ledger
    var trace: Trace

    /// What a run may differ in.
    struct Options {
        var isTraced = false
        /// Whether bad files reach beatd; a run without them must be the same for everyone else.
        var hasBadFiles = true
    }

    /// Until faults stop, then this long until everything must be in order, and on.
    static let recovery: Int64 = 95 * Time.second
    static let epilogue: Int64 = 60 * Time.second

    init(seed: UInt64, _ options: Options) {
        var chance = Chance(seed: seed &* 0x9E37_79B9 &+ 77)
        swarm = Swarm(&chance)
        host = Host(hasPidfs: chance.happens(60), isDiagnosisClosed: chance.happens(15))
        registry = Registry(
            species: chance.pick(Registry.Species.allCases), release: swarm.release, servers: swarm.servers)
        oracle = Oracle(Limits(timeout: swarm.timeout, writesPerSecond: swarm.writesPerSecond, servers: swarm.servers))
        let count = 5 + chance.below(4)
        ledger = Ledger(subjects: count)
        trace = Trace(isOn: options.isTraced)
        swarm.hasBadFiles = options.hasBadFiles
        self.chance = chance
        for index in 0..<count { settle(index) }
        begin()
    }

    private mutating func settle(_ index: Int) {
        let kind = chance.below(4)
        // A clock set between start and writing of the file takes an executable to be told from a stranger.
        let namesExecutable = swarm.enabled.contains(.clockStep) || chance.happens(50)
        host.subjects.append(
            Subject(
                index: index, hasFile: kind != 0, hasPort: kind != 1, namesExecutable: namesExecutable,
                rise: chance.pick([1, 1, 2, 3]), fall: chance.pick([1, 3, 3, 2])))
        var version = Folder.Version(port: 9000 + index)
        version.isAutomatic = chance.happens(70)
        version.isQuick = chance.happens(20)
        version.warmUp = chance.happens(20) ? chance.between(2, 12) * Time.second : 0
        folder.files.append(Folder.File(subject: index, name: "i\(index)", version: version))
        announceTruth(index)
        agenda.plan(.life(index, .start), after: chance.between(0, 5 * Time.second))
    }

    private mutating func begin() {
        let now = agenda.now
        agenda.plan(.start, after: Time.millisecond)
        agenda.plan(.operate, after: 20 * Time.second)
        agenda.plan(.sweep, after: chance.between(0, 5 * Time.second))
        agenda.plan(.check, after: Time.second)
        agenda.plan(.faultsStop, at: now + swarm.length)
        agenda.plan(.end, at: now + swarm.length + Self.recovery + Self.epilogue)
        // Whatever the swarm leaves out: one restart, and deaths.
        agenda.plan(.kill(epoch: 0), at: now + chance.between(300, 1200) * Time.second)
        for subject in 0..<2 {
            agenda.plan(.life(subject, .die), at: now + chance.between(200, 1500) * Time.second)
        }
    }

    /// Runs to the end, or to the first broken promise.
    mutating func run() -> Violation? {
        let start = agenda.now
        while let happening = agenda.next() {
            ledger.tally.events += 1
            if case .end = happening { break }
            handle(happening)
            if oracle.violation != nil { break }
        }
        ledger.tally.simulated = Int(agenda.now - start)
        ledger.tally.firstWrites = oracle.firstWrites
        return oracle.violation ?? emptiness()
    }

    /// A run without accepted beats, deaths and goodbyes proves nothing.
    private func emptiness() -> Violation? {
        let counts = [ledger.tally.acceptedBeats, ledger.tally.deaths, ledger.tally.goodbyes, ledger.tally.restarts]
        guard counts.contains(0) else { return nil }
        return Violation(
            predicate: "0 something happened",
            sentence: "\(counts[0]) accepted beats, \(counts[1]) deaths, \(counts[2]) goodbyes, \(counts[3]) restarts",
            at: agenda.now, subject: "seed")
    }

    private mutating func handle(_ happening: Happening) {
        if beatd?.deferred != nil, happening.needsBeatd {
            beatd?.deferred?.append(happening)
            return
        }
        switch happening {
        case .operate: operate()
        case .life(let subject, let life): live(subject, life)
        case .sweep:
            registry.sweep(at: agenda.now)
            tellChanges()
            agenda.plan(.sweep, after: 5 * Time.second)
        case .check: check()
        case .faultsStop: calmDown()
        case .end: break
        case .start: startBeatd()
        case .kill(let epoch): if epoch == 0 || epoch == beatd?.epoch { killBeatd() }
        case .readableAgain:
            folder.isReadable = true
            planScan()
        case .registryUp: bringRegistryUp()
        case .registryQuick: makeRegistryQuick()
        case .released(let release): if registry.release == .none { registry.take(release) }
        case .weatherEnds(let number): if network.weather?.number == number { network.weather = nil }
        case .addressBack:
            if host.addresses.source == nil { moveAddress() }
            oracle.trouble(nil, at: agenda.now)
            agenda.plan(.addresses, after: 1)
        case .strangerLeaves(let pid): strangerLeaves(pid)
        case .reaped(let pid): host.reap(pid)
        case .arrive(let write): arrive(write)
        case .apply(let write): apply(write)
        case .idle(let id, let epoch): if epoch == beatd?.epoch { closeIdle(id) }
        case .scan: scan()
        case .addresses: deliver(.addresses(host.addresses), .addresses(host.addresses))
        case .sample, .report, .exited, .woke, .connected, .unreachable, .socketTakesRest, .bytesForBeatd, .peerClosed,
            .tick, .resume, .saved, .stopAgain:
            guard happening.epoch == beatd?.epoch else { return }
            handleForBeatd(happening)
        }
    }

    private mutating func check() {
        if registry.presences[network.server] != .up || registry.release == .none || network.weather != nil {
            oracle.trouble(nil, at: agenda.now)
        }
        if beatd?.deferred != nil { oracle.stalled(at: agenda.now) }
        oracle.check(at: agenda.now)
        checkArmed()
        if let calmSince = swarm.calmSince, agenda.now - calmSince >= Self.recovery {
            oracle.checkLiveness(at: agenda.now)
        }
        agenda.plan(.check, after: Time.second)
    }

    /// The predicates hear what the registry holds now.
    mutating func tellChanges() {
        for change in registry.takeChanges() {
            switch change {
            case .holds(let identity, let entry):
                oracle.holds(identity, cluster: entry.cluster, content: entry.content, at: agenda.now)
                trace.note(subject(of: identity), at: agenda.now, "registry holds \(identity) \(entry.cluster)")
            case .dropped(let identity, let cluster):
                oracle.dropped(identity, cluster: cluster, at: agenda.now)
                trace.note(subject(of: identity), at: agenda.now, "registry dropped \(identity) \(cluster)")
            }
        }
    }

    /// Which instance an identity belongs to; services of this world are called `svc` and a number.
    func subject(of identity: String) -> Int? {
        let words = identity.split(separator: "|")
        guard words.count > 1 else { return folder.files.first { $0.name == identity }?.subject }
        return Int(words[1].drop { !$0.isNumber })
    }

    func name(of subject: Int) -> String? { folder.index(of: subject).map { folder.files[$0].name } }
}
