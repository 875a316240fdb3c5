import Predicates
import Simulation
import Testing

/// Whole seeds in this process: few of them, since a debug build is slow; the command runs the many.
@Suite struct SeedTests {
    /// Seeds that once showed a mistake, in beatd or in the world.
    ///
    /// A new fault in the world makes every number mean another run, so the list begins anew then; what was found before
    /// that stands, without the world around it, in FoundBySimulationTests.
    static let regressions: [UInt64] = [288, 707, 1509, 1656, 2070, 2278]

    @Test(arguments: regressions) func `a seed that once broke a promise keeps them all`(seed: UInt64) {
        let run = Run(seed: seed, isTraced: true)
        #expect(run.violation == nil, "\(run.lines.joined(separator: "\n"))")
    }

    @Test(arguments: [UInt64(2), 40]) func `the same seed gives the same run, traced or not`(seed: UInt64) {
        #expect(Run(seed: seed).hash == Run(seed: seed, isTraced: true).hash)
    }

    @Test func `another seed gives another run`() {
        #expect(Run(seed: 3).hash != Run(seed: 4).hash)
    }

    @Test func `without the bad files the same bytes leave`() {
        #expect(Run(seed: 8).hash == Run(seed: 8, hasBadFiles: false).hash)
    }

    @Test func `a seed is half an hour with five instances and a restart, and something happens`() {
        let ledger = Run(seed: 5).ledger
        #expect(ledger.tally.simulated >= 1800 * Time.second)
        #expect(ledger.tally.restarts >= 1)
        #expect(ledger.tally.acceptedBeats > 0)
        #expect(ledger.tally.deaths > 0)
        #expect(ledger.tally.goodbyes > 0)
    }
}
