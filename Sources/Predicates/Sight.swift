/// What the looks at one target said so far, judged anew from what they saw and from the host's truth.
struct Sight {
    enum Standing: Hashable { case unseen, passing, down }

    struct Decisive {
        var began: Int64
        var ended: Int64
        var isAlive: Bool
        var isStranger: Bool
    }

    /// How many looks in a row said the same.
    struct Runs {
        var alive = 0
        var failing = 0
        var hindered = 0
    }

    /// The process that the target showed last.
    struct Memory {
        var process: Int?
        var pid: Int32 = 0
        var born: Int64?
        var hasEnded = false
    }

    let probe: Plan.Probe
    /// Looks ordered earlier belong to files that are gone.
    var usedSince: Int64
    private(set) var standing = Standing.unseen
    private(set) var latest: Decisive?
    private(set) var lastWake = Int64.min
    /// Since when it has been down, or passing.
    private(set) var standsSince: Int64
    /// Since when nothing but alive was seen.
    private(set) var steadySince: Int64
    /// When `rise` alive looks in a row were complete, whoever vouched for it.
    private(set) var risenAt: Int64?
    /// Whether what is alive is so for those alone who come to the address that was advertised then.
    private(set) var isForCallers = false
    /// Whether somebody listens, but not where callers come.
    private(set) var isElsewhere = false
    /// When the observer last could not look.
    private(set) var hinderedAt = Int64.min / 2
    private var runs = Runs()
    private(set) var memory = Memory()
    /// Whether the truth is that the subject lives, and until when it last was.
    private(set) var isTrue = false
    private(set) var trueUntil = Int64.min / 2

    init(_ probe: Plan.Probe, at now: Int64) {
        self.probe = probe
        usedSince = now
        standsSince = now
        steadySince = now
    }

    /// Nothing that was seen before counts, but the truth goes on.
    mutating func forget(at now: Int64, wasUp: Bool = false) {
        var fresh = Sight(probe, at: now)
        fresh.isTrue = isTrue
        fresh.trueUntil = trueUntil
        if wasUp { fresh.runs.alive = probe.rise - 1 }
        self = fresh
    }

    mutating func truth(_ isAlive: Bool, at now: Int64) {
        if isTrue, !isAlive { trueUntil = now }
        isTrue = isAlive
    }

    /// Something happened to the target.
    mutating func wake(at now: Int64) {
        lastWake = now
        steadySince = now
    }

    /// The process that was seen last has ended, irrevocably; says whether it was that one.
    mutating func exited(_ process: Int, at now: Int64) -> Bool {
        guard memory.process == process else { return false }
        memory.hasEnded = true
        wake(at: now)
        gone(began: now, isStranger: false, at: now)
        return true
    }

    /// `isReached` says whether callers come to that address.
    mutating func take(_ seen: Seen, began: Int64, isReached: (String) -> Bool, at now: Int64) {
        let former = latest?.began
        defer {
            if latest?.began != former { isForCallers = if case .listener = seen { true } else { false } }
        }
        if seen != .hindered { isElsewhere = false }
        switch seen {
        case .listener(let address):
            if isReached(address) {
                alive(began: began, at: now)
            } else {
                isElsewhere = true
                gone(began: began, isStranger: false, at: now)
            }
        case .hindered:
            // One decides nothing; after two in a row the last decisive look is stale.
            if runs.hindered > 0 { steadySince = now }
            runs.hindered += 1
            hinderedAt = now
            return
        case .subject(let process, let pid, let born):
            if let process {
                if memory.process == process, memory.hasEnded {
                    gone(began: began, isStranger: false, at: now)
                    return
                }
                memory = Memory(process: process, pid: pid, born: born)
            }
            alive(began: began, at: now)
        case .stranger(let process, let pid):
            // The same process running another program has not ended.
            if pid == memory.pid, process != memory.process { memory.hasEnded = true }
            gone(began: began, isStranger: true, at: now)
        case .nobody(let pid):
            if pid == memory.pid { memory.hasEnded = true }
            gone(began: began, isStranger: false, at: now)
        case .nothing:
            if memory.process != nil, !memory.hasEnded {
                failing(began: began, at: now)
            } else {
                gone(began: began, isStranger: false, at: now)
            }
        case .nonsense, .badAnswer: failing(began: began, at: now)
        case .refused: gone(began: began, isStranger: false, at: now)
        }
    }

    private mutating func alive(began: Int64, at now: Int64) {
        runs.hindered = 0
        guard began >= lastWake else { return }
        runs.failing = 0
        runs.alive += 1
        if runs.alive >= probe.rise {
            risenAt = risenAt ?? now
            stand(.passing, at: now)
        }
        latest = Decisive(began: began, ended: now, isAlive: true, isStranger: false)
    }

    private mutating func failing(began: Int64, at now: Int64) {
        runs.alive = 0
        risenAt = nil
        runs.failing += 1
        steadySince = now
        if runs.failing >= probe.fall { stand(.down, at: now) }
        latest = Decisive(began: began, ended: now, isAlive: false, isStranger: false)
        runs.hindered = 0
    }

    private mutating func gone(began: Int64, isStranger: Bool, at now: Int64) {
        runs.alive = 0
        risenAt = nil
        runs.failing = 0
        steadySince = now
        stand(.down, at: now)
        latest = Decisive(began: began, ended: now, isAlive: false, isStranger: isStranger)
        runs.hindered = 0
    }

    /// It was alive once, and an instance that is up already takes it over.
    mutating func vouch(at now: Int64) { stand(.passing, at: now) }

    private mutating func stand(_ new: Standing, at now: Int64) {
        if standing != new { standsSince = now }
        standing = new
    }

    /// Why nothing that says "alive" may leave at `now`; nil where it may.
    func objection(at now: Int64) -> (predicate: String, sentence: String)? {
        guard let latest else { return (Predicate.life, "target \(probe.target) has had no decisive look") }
        guard latest.isAlive else {
            if latest.isStranger { return (Predicate.stranger, "target \(probe.target) showed a stranger") }
            return (Predicate.life, "target \(probe.target) was not alive at the latest decisive look")
        }
        if latest.began < lastWake {
            return (Predicate.life, "target \(probe.target): the look began before the wake at \(Time.text(lastWake))")
        }
        if now - latest.began > probe.freshness {
            return (Predicate.life, "target \(probe.target): the look of \(Time.text(latest.began)) is stale")
        }
        guard standing == .passing else { return (Predicate.life, "target \(probe.target) has not risen") }
        if !isTrue, now - trueUntil > probe.freshness {
            return (Predicate.life, "the subject of target \(probe.target) ended at \(Time.text(trueUntil))")
        }
        return nil
    }
}
