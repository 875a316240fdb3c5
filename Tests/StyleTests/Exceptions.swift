extension Exception {
    /// Every exception there is.
    ///
    /// One that excuses nothing fails the tests.
    static let all: [Exception] =
        worker + [
            Exception(
                check: "decisions in C", path: "Sources/CLinux/CLinux.c", subject: "if",
                reason: "a call's failure is handed up before its answer is read; nothing is decided"),
            Exception(
                check: "banned phrases", path: bugs, subject: "nonisolated(unsafe)",
                reason:
                    "exists with -DDELIBERATE_BUGS alone: set once, before the first reactor, in a process with one thread"
            ),
            Exception(
                check: "unsafe outside of faces", path: bugs, subject: "unsafe",
                reason: "the same: the word belongs to the switch that no product build has"),
            Exception(
                check: "unsafe outside of faces", path: bugs, subject: "safe",
                reason: "the same: the word belongs to the switch that no product build has"),
            Exception(
                check: "length of types", path: "Sources/Predicates/Oracle.swift", subject: "Oracle",
                reason:
                    "the predicates of one run over one record of it: a part of them would see a part of it"),
            Exception(
                check: "length of types", path: "Sources/Simulation/World/World.swift", subject: "World",
                reason:
                    "host, registry, network and beatd are types of their own; who tells whom is one seed's one value"),
            Exception(
                check: "sleeps in tests", path: "Tests/ContractTests/Suite/Pause.swift", subject: "sleep",
                reason: "a real registry sends no event: it is asked again until a limit, and its silence takes time"),
        ]

    private static let bugs = "Sources/BeatdCore/DeliberateBug.swift"

    /// The files that know of other threads (style 9 and 10).
    private static let worker: [Exception] = [
        Exception(
            check: "banned words", path: "Sources/Systemd/Outbox.swift", subject: "Mutex",
            reason: "the line of records that the loop and the thread that waits for their reader hand each other"),
        Exception(
            check: "imports", path: "Sources/Systemd/Outbox.swift", subject: "Synchronization",
            reason: "the same: Mutex comes from there"),
        Exception(
            check: "banned words", path: "Sources/Systemd/JobExchange.swift", subject: "Mutex",
            reason: "the lists that the loop and the workers hand each other are behind it"),
        Exception(
            check: "banned words", path: "Sources/Systemd/JobExchange.swift", subject: "pthread_create",
            reason: "these are the workers: the threads beside the loop, for what may hang"),
        Exception(
            check: "imports", path: "Sources/Systemd/JobExchange.swift", subject: "Synchronization",
            reason: "Mutex comes from there"),
    ]
}
