/// What the folder of descriptors said last, beyond the tasks.
struct FolderView {
    var rejected: [Rejection] = []
    var addresses = AddressSet()
    /// Whether any set came yet.
    var isLoaded = false
    /// Whether an earlier run left entries of which nobody knows yet who wants them: no complete set came, or their
    /// files are broken.
    var mayHaveOrphans = true
    /// Whether an instance was let go, or the addresses changed, since twins were last tried.
    var hasFreed = false
    /// What an earlier run knew about since when each NAME is alive.
    var aliveSince: [String: Instant] = [:]
    /// NAMEs without a task that an earlier run knew to have been alive, until their files are known to be gone.
    var wereAlive: Set<String> = []

    /// What an earlier run knew of that file; it is told once.
    mutating func past(of name: String, wasUp: Bool) -> BeatTask.Past {
        let wasAlive = wereAlive.remove(name) != nil || wasUp
        return BeatTask.Past(wasUp: wasUp, wasAlive: wasAlive, aliveSince: aliveSince.removeValue(forKey: name))
    }

    /// The folder was read whole: what has neither a task nor a refused file is gone; says whether any was remembered.
    mutating func forget(but refused: Set<String>) -> Bool {
        let before = wereAlive.count
        wereAlive.formIntersection(refused)
        aliveSince = aliveSince.filter { refused.contains($0.key) }
        return wereAlive.count < before
    }

    /// The address under which an earlier run knew each NAME, until the folder was read whole; empty where it knew two.
    var formerAddresses: [String: String] = [:]

    /// The address that a new task keeps from an earlier run: `auto` keeps one over a restart, too.
    mutating func formerAddress(of new: InstanceDescriptor) -> String? {
        guard let former = formerAddresses.removeValue(forKey: new.name), new.address == .automatic,
            addresses.local.contains(former)
        else { return nil }
        return former
    }

    /// What the registry would call that descriptor; nil without an address.
    func identity(of descriptor: InstanceDescriptor, current: String?) -> WireIdentity? {
        addresses.advertised(descriptor.address, current: current).map { descriptor.instance(at: $0).identity }
    }

    /// Takes the refused files of a reading; gives a transition for each that is new and has no good version.
    mutating func take(_ rejected: [Rejection], known: Set<String>, at now: Instant) -> [Transition] {
        let before = Set(self.rejected.map(\.file))
        self.rejected = rejected
        return rejected.compactMap { rejection in
            guard !before.contains(rejection.file), let name = rejection.name, !known.contains(name) else { return nil }
            return Transition(name: name, from: nil, phase: .rejected, reason: rejection.error, at: now)
        }
    }

    /// What beatd can say about refused files without a good version.
    func refused(besides names: Set<String>, since began: Instant) -> [InstanceStatus] {
        rejected.compactMap { rejection in
            guard let name = rejection.name, !names.contains(name) else { return nil }
            return InstanceStatus(
                name: name, file: rejection.file, descriptor: nil, ip: nil, phase: .rejected, reason: rejection.error,
                since: began, process: nil, probes: [], lastBeat: nil, nextBeat: nil, beats: 0, pending: nil,
                rejection: rejection.error)
        }
    }
}
