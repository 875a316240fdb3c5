#if DELIBERATE_BUGS
    /// Mistakes that the simulation must catch, by name; in no product build (design.md 7).
    ///
    /// `make simulate-bugs` builds with `-DDELIBERATE_BUGS` in a folder of its own and chooses one at run time.
    package enum DeliberateBug: String, CaseIterable, Sendable {
        /// A beat that was queued before a death leaves after it: P1 is not judged when the bytes leave.
        case beatAfterDeath = "beat-after-death"
        /// A registration whose fate is unknown is repeated after the goodbye.
        case repeatAfterGoodbye = "repeat-after-goodbye"
        /// A look that began before a wake says alive.
        case overtakenLook = "overtaken-look"
        /// Another cluster under the same ip and port is registered before the old entry's goodbye.
        case helloFirst = "hello-first-on-cluster-change"
        /// A PID that was reused within one tick of the kernel's clock passes for the process that ended.
        case reuseInSameTick = "reuse-in-same-tick"
        /// A goodbye's answer settles everything, though an earlier write may still be applied.
        case lateApplyForgotten = "late-apply-forgotten"
        /// A goodbye that failed three times is given up.
        case goodbyeGivenUp = "goodbye-given-up"
        /// A broken file takes its neighbour out of the set.
        case badFileTouchesNeighbour = "bad-file-touches-neighbour"
        /// After 20404 the registration is sent whatever is wanted by then.
        case noRecheck = "no-recheck-before-registering"
        /// The budget is spent on registrations before goodbyes.
        case starvedGoodbyes = "budget-starves-goodbyes"

        /// The one that is at work in this process; set before the first reactor is made.
        ///
        /// Written once, while the process has one thread; only read from then on, by that same thread.
        @safe nonisolated(unsafe) package static var chosen: DeliberateBug?

        /// The set as `badFileTouchesNeighbour` sees it.
        static func spoiled(_ set: DescriptorSet) -> DescriptorSet {
            guard chosen == .badFileTouchesNeighbour, !set.rejected.isEmpty else { return set }
            var set = set
            set.accepted = Array(set.accepted.dropFirst())
            return set
        }
    }
#endif
