internal import BeatdCore
internal import Linux

/// A process with the pidfd that makes its number mean it.
final class HeldProcess {
    let identity: ProcessIdentity
    private let handle: ProcessHandle

    init(_ identity: ProcessIdentity, _ handle: consuming ProcessHandle) {
        self.identity = identity
        self.handle = handle
    }

    /// The pidfd.
    var number: Int32 { handle.number }

    /// Whether it has ended.
    var hasExited: Bool { handle.hasExited }
}
