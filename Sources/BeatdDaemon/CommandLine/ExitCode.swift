/// How a command ends (contract 5, sysexits.h).
enum ExitCode: Int32 {
    case success = 0
    case failure = 1
    /// `check --probe`: the files are good, and something isn't alive.
    case notAlive = 2
    case usage = 64
    case noInput = 66
    case unavailable = 69
    case temporary = 75
    case notPermitted = 77
    case configuration = 78
}
