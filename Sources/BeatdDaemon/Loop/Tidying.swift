/// Has memory given back: what thousands of registrations needed for a moment would stay with the C library.
final class Tidying {
    /// After fewer changes of phase there is little to give back.
    static let worthwhile = 1000

    private let giveBack: () -> Void
    private var changes = 0
    /// How many there were at the last look.
    private var before = 0

    init(giveBack: @escaping () -> Void) { self.giveBack = giveBack }

    func changed() { changes += 1 }

    /// Has it given back where much has changed, but nothing since the last look.
    func look() {
        if changes >= Self.worthwhile, changes == before {
            changes = 0
            giveBack()
        }
        before = changes
    }
}
