internal import Glibc

/// The signals that a daemon listens to (signal(7)).
package enum Signal: Sendable {
    case terminate, interrupt, hangup

    var number: Int32 {
        switch self {
        case .terminate: SIGTERM
        case .interrupt: SIGINT
        case .hangup: SIGHUP
        }
    }
}
