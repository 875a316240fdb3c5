@testable import DevRegistry

/// One thing that a registry does, as a list of steps against any target.
struct Case: Sendable {
    typealias Steps = @Sendable (Session) async throws -> Void

    /// When a case runs; within a phase all run at once.
    enum Phase: Sendable {
        /// At most a few seconds; begins at once.
        case quick
        /// Waits for silence to be noticed; begins at once, and looks at nothing that switches change.
        case slow
        /// Throws the operator's switches, which are everybody's; begins when the quick ones have ended.
        case switching
    }

    let name: String
    /// Rows of nacos-protocol.md 7 that it stands for.
    let rows: [String]
    /// Rules of the development registry that it notices when they are broken.
    let notices: [Rule]
    let phase: Phase
    let only: Set<TargetKind>
    let differences: [Difference]
    let steps: Steps

    init(
        _ name: String, rows: [String] = [], notices: [Rule] = [], phase: Phase = .quick,
        only: Set<TargetKind> = TargetKind.withV1, differs: [Difference] = [], _ steps: @escaping Steps
    ) {
        self.name = name
        self.rows = rows
        self.notices = notices
        self.phase = phase
        self.only = only
        differences = differs
        self.steps = steps
    }

    func steps(on target: TargetKind) -> Steps { differences.first { $0.target == target }?.steps ?? steps }

    func differs(on target: TargetKind) -> Bool { differences.contains { $0.target == target } }

    func runs(on target: TargetKind) -> Bool { only.contains(target) }

    /// All there are.
    static let all =
        registering + naming + reading + beating + refusing + operating + speaking + lapsing + v3 + v3Refusing
}
