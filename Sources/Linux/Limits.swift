internal import Glibc

/// What this process may use, and how it takes signals it doesn't want.
package enum Limits {
    /// Raises the limit of open descriptors to what the administrator allows (setrlimit(2)); gives what holds then.
    @discardableResult
    package static func raiseDescriptors() -> UInt64 {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        limit.rlim_cur = limit.rlim_max
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return UInt64(limit.rlim_cur)
    }

    /// A peer that went away is an error of the call, not a signal.
    package static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}
