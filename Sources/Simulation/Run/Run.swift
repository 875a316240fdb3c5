package import Predicates

/// One seed, from beginning to end.
package struct Run {
    package let seed: UInt64
    package let violation: Violation?
    package let ledger: Ledger
    /// Of all bytes that left and all looks that ended, with their times.
    package let hash: UInt64
    /// The last lines about whom the violation concerns; empty where it was not traced.
    package let lines: [String]

    package init(
        seed: UInt64, isTraced: Bool = false, hasBadFiles: Bool = true, lineCount: Int = 40, subject: Int? = nil
    ) {
        self.seed = seed
        var world = World(seed: seed, World.Options(isTraced: isTraced, hasBadFiles: hasBadFiles))
        violation = world.run()
        ledger = world.ledger
        hash = world.trace.hash
        lines = world.trace.last(lineCount, of: subject ?? violation.flatMap { world.subject(of: $0.subject) })
    }
}
