import Predicates
import Simulation
import Testing

/// Whole seeds in this process: few of them, since a debug build is slow; the command runs the many.
@Suite struct SeedTests {
    /// Seeds that once showed a mistake, in beatd or in the world; they stay here for ever.
    ///
    /// 1: `status` during a stop met a lease that had ended. 53, 184: a literal address was kept after the file had changed
    /// to `auto`. 161: a file that was removed and came back skipped its `rise`. 82: a lapsed entry's registration
    /// took the next beat's time for its back-off. 100: a beat that the socket didn't take was sent twice.
    static let regressions: [UInt64] = [1, 53, 82, 100, 161, 184]

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
