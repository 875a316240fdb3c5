import BeatdCore

/// Which faults a seed has, how often, and what its world is like.
struct Swarm {
    /// Whether bad files reach beatd.
    var hasBadFiles = true
    private(set) var enabled: Set<Fault> = []
    /// Since when faults have stopped.
    private(set) var calmSince: Int64?
    var isActive: Bool { calmSince == nil }
    /// Operations with their weights, summed up.
    private var wheel: [(fault: Fault, upTo: Int)] = []
    /// Between two operations, on average.
    let pause: Int64
    let hasListenerWakes: Bool
    let writesPerSecond: Int
    let timeout: Int64
    /// How long faults go on.
    let length: Int64
    /// How many servers the list has.
    let servers: Int
    /// What the configuration says; nil: auto.
    let api: RegistryAPI?
    /// What the registry begins with.
    let release: Registry.Release

    /// Those that come by themselves, whenever what they disturb happens.
    static let ambient: Set<Fault> = [
        .wakeLost, .wakeLate, .wakeDoubled, .slowLook, .hinderedLook, .lostLook, .stallBeforeWrite, .tornState,
        .slowSave, .unreaped,
    ]

    init(_ chance: inout Chance) {
        let share = 35 + chance.below(60)
        var total = 0
        for fault in Fault.allCases where chance.happens(share) {
            enabled.insert(fault)
            guard !Self.ambient.contains(fault) else { continue }
            total += 1 + chance.below(100)
            wheel.append((fault, total))
        }
        if wheel.isEmpty { wheel = [(.death, 1)] }
        pause = chance.between(4, 20) * 1_000_000_000
        hasListenerWakes = chance.happens(50)
        writesPerSecond = chance.pick([2, 5, 20, 500])
        timeout = chance.pick([3, 3, 2]) * 1_000_000_000
        length = chance.between(1750, 1900) * 1_000_000_000
        servers = chance.pick([1, 1, 2, 3])
        release = chance.pick([.v1, .both, .v3])
        let spoken: [RegistryAPI] = release == .both ? [.v1, .v3] : release == .v1 ? [.v1] : [.v3]
        api = chance.happens(70) ? nil : chance.pick(spoken)
    }

    func draw(_ chance: inout Chance) -> Fault {
        let drawn = chance.below(wheel.last?.upTo ?? 1)
        return wheel.first { drawn < $0.upTo }?.fault ?? .death
    }

    /// Whether an ambient fault strikes now.
    func strikes(_ fault: Fault, _ perThousand: Int, _ chance: inout Chance) -> Bool {
        enabled.contains(fault) && chance.below(1000) < perThousand
    }

    /// No fault any more.
    mutating func calm(at now: Int64) {
        enabled = []
        calmSince = now
    }
}
