/// What one file wants now, and what it wanted before as far as that may still stand.
struct Holder {
    /// The version that is in force.
    var running: Plan { didSet { name() } }
    /// A version with other probes, which waits until they were alive once.
    var pending: Plan? { didSet { name() } }
    /// The file that has the same instance, and had it first: this one is refused (contract 3.6).
    var twin: String? { didSet { name() } }
    /// Whether its looks were others', too: those were counted longer than it counts.
    var sharesLooks = false
    /// The identity that it had last, which stays its own while the host has no address.
    var claimed: String?
    /// The address advertised: an automatic one is kept while the host has it.
    var ip: String? { didSet { name() } }
    /// Identities of earlier versions, kept until the new entry stands.
    var former: [String] = []
    /// Those of them whose goodbye fell due when the new entry stood, whatever was described after that.
    var released: Set<String> = []
    /// When its callers came to another address than the one for which a target was found good.
    var movedAt: [Int: Int64] = [:]
    /// When the file, or its address, last changed.
    var changedAt: Int64
    /// When it was last known to be down, or without an address.
    var offAt = Int64.min / 2
    /// When it was down as a new version took over that has not been alive yet: what was up is still gone.
    var goneAt: Int64?
    /// When it went down after it had been alive, as far as this run of beatd was told.
    var downs: [Int64] = []
    /// Whether it was alive since it last went down.
    var isAlive = false
    /// Whether it was alive before, as far as beatd can remember.
    var wasAlive = false
    /// When something last disturbed it.
    var troubledAt: Int64

    init(_ plan: Plan, at now: Int64) {
        running = plan
        changedAt = now
        troubledAt = now
        name()
    }

    var versions: [Plan] { [running] + (pending.map { [$0] } ?? []) }

    func identity(of plan: Plan) -> String? { (plan.address ?? ip).map { plan.identity(at: $0) } }

    /// What the running version is called at the registry; nil without an address.
    private(set) var identity: String?
    /// The same for all versions.
    private(set) var identities: [String] = []

    private mutating func name() {
        identity = twin == nil ? identity(of: running) : nil
        identities = twin == nil ? versions.compactMap { identity(of: $0) } : []
        released.subtract(identities)
    }
}
