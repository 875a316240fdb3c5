import BeatdCore

/// Everything that can be on the agenda.
enum Happening {
    // The host
    case operate
    case life(Int, Life)
    case sample(LookID, epoch: Int)
    case report(LookID, epoch: Int)
    case exited(ProcessIdentity, process: Int, epoch: Int)
    case woke(Target, number: Int, epoch: Int)
    case scan
    case readableAgain
    case addresses
    case addressBack
    case strangerLeaves(Int32)
    case reaped(Int32)
    // The network, as beatd sees it
    case connected(ConnectionID, epoch: Int)
    case unreachable(ConnectionID, String, epoch: Int)
    case socketTakesRest(ConnectionID, epoch: Int)
    case bytesForBeatd(ConnectionID, [UInt8], epoch: Int)
    case peerClosed(ConnectionID, epoch: Int)
    // The registry
    case arrive(Int)
    case apply(Int)
    case idle(ConnectionID, epoch: Int)
    case sweep
    case weatherEnds(Int)
    case registryUp
    /// No server is slow any more.
    case registryQuick
    case released(Registry.Release)
    // beatd
    case tick(at: Int64, epoch: Int)
    case resume(epoch: Int)
    case saved(version: UInt64, [UInt8], epoch: Int)
    case start
    case kill(epoch: Int)
    case stopAgain(epoch: Int)
    // The watchers
    case check
    case faultsStop
    case end
}

extension Happening {
    /// The run of beatd it is meant for; nil where it is for none in particular.
    var epoch: Int? {
        switch self {
        case .sample(_, let epoch), .report(_, let epoch), .exited(_, _, let epoch), .woke(_, _, let epoch),
            .connected(_, let epoch), .unreachable(_, _, let epoch), .socketTakesRest(_, let epoch),
            .bytesForBeatd(_, _, let epoch), .peerClosed(_, let epoch), .tick(_, let epoch), .resume(let epoch),
            .saved(_, _, let epoch), .idle(_, let epoch), .kill(let epoch), .stopAgain(let epoch):
            epoch
        case .operate, .life, .scan, .readableAgain, .addresses, .addressBack, .strangerLeaves, .reaped, .arrive,
            .apply, .sweep,
            .weatherEnds, .registryUp, .registryQuick, .released,
            .start, .check, .faultsStop, .end:
            nil
        }
    }

    /// Whether it has to wait while beatd stands still.
    var needsBeatd: Bool {
        switch self {
        case .sample, .report, .exited, .woke, .connected, .unreachable, .socketTakesRest, .bytesForBeatd, .peerClosed,
            .tick, .saved, .scan, .addresses, .stopAgain:
            true
        case .operate, .life, .readableAgain, .addressBack, .strangerLeaves, .reaped, .arrive, .apply, .idle, .sweep,
            .weatherEnds, .registryUp, .registryQuick, .released, .resume,
            .start, .kill, .check, .faultsStop, .end:
            false
        }
    }

    /// A death is told before anything else that waited.
    var isExit: Bool { if case .exited = self { true } else { false } }
}

/// What a guarded service does by itself.
enum Life: Hashable {
    case start
    case writeFile
    case listen
    case die
    case repairFile
    case repairListener
    case execBack
    case reuse
    case reuseInTick(Int32)
    case repairDescriptor
    case removeTwin
    case yieldToTwin
    case changeBesideTwin
    case exchangeWithTwin
    case restoreDescriptor(Folder.Version)
}
