import Linux
import Systemd

/// What is given away at the end: the lock, the socket's path.
///
/// Each on a thread, as a file on a file system that doesn't answer can't be closed, and none waited for longer than `limit`.
final class LastDeeds {
    /// What hangs at the end is waited for this long.
    static let limit = Duration.milliseconds(200)

    /// One of them.
    struct Deed {
        var path: String
        var perform: @Sendable () -> Void
    }

    private let deeds: [Deed]
    private let patience: Patience
    private var left: Int
    private var hasBegun = false

    init(_ deeds: [Deed], _ patience: Patience) {
        self.deeds = deeds
        self.patience = patience
        left = deeds.count
    }

    /// Does all of them, once; `then` comes when each is done or doesn't get on.
    func perform(then: @escaping () -> Void) {
        guard !hasBegun else { return }
        hasBegun = true
        if deeds.isEmpty { then() }
        for deed in deeds {
            patience.workers.submit(
                in: Lane(.own, key: "end of \(deed.path)", subject: patience.mounts.subject(of: deed.path)),
                limit: Self.limit, deed.perform,
                then: { [self] answer in
                    if case .late = answer { return }
                    left -= 1
                    if left == 0 { then() }
                })
        }
    }
}
