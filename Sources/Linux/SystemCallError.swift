internal import Glibc

/// A system call failed: which one, on what, and the kernel's reason.
package struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its name, as in the manual.
    package var call: String
    /// errno.
    package var code: Int32
    /// What it was called on: a path, an address; nil where the call says it all.
    package var subject: String?

    /// By name, errno and what it was called on.
    package init(call: String, code: Int32, subject: String? = nil) {
        self.call = call
        self.code = code
        self.subject = subject
    }

    /// The kernel's reason alone, as strerror(3) has it: `Permission denied`.
    package var reason: String { unsafe String(cString: strerror(code)) }

    /// What it was called on, the call, and why: `/etc/a: open: Permission denied`.
    package var description: String { subject.map { "\($0): \(call): \(reason)" } ?? "\(call): \(reason)" }

    /// Nothing has that name.
    package var isNotFound: Bool { code == ENOENT || code == ENOTDIR }
    package var isNoProcess: Bool { code == ESRCH }
    package var isPermission: Bool { code == EACCES || code == EPERM }
    /// Out of descriptors or memory: beatd itself is hindered.
    package var isExhausted: Bool { code == EMFILE || code == ENFILE || code == ENOMEM || code == ENOBUFS }
    package var isAgain: Bool { code == EAGAIN || code == EINPROGRESS }
    package var isRefused: Bool { code == ECONNREFUSED }
    /// This host has no such address, nor a way to it, nor the protocol.
    package var isNoAddress: Bool { code == EADDRNOTAVAIL || code == ENETUNREACH || code == EAFNOSUPPORT }
    package var isTimedOut: Bool { code == ETIMEDOUT }
    package var isReset: Bool { code == ECONNRESET || code == EPIPE }
    package var isInUse: Bool { code == EADDRINUSE }
    package var isEscape: Bool { code == EXDEV }
    /// A symbolic link that leads to itself, or through too many.
    package var isLoop: Bool { code == ELOOP }
    /// A socket or a device without a driver, which open(2) can't open.
    package var isUnopenable: Bool { code == ENXIO || code == ENODEV }
    /// Neither this kernel nor a sandbox (seccomp, `RestrictAddressFamilies=`) will ever give it to us.
    package var isClosed: Bool {
        [EPERM, EACCES, EAFNOSUPPORT, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EOPNOTSUPP, ENOENT, ENOSYS].contains(code)
    }
    /// The kernel doesn't have the call.
    package var isUnsupported: Bool { code == ENOSYS }
}

/// Gives a call's result, or its errno as an error; a call that was interrupted by a signal is made again.
@discardableResult
func checked<Result: FixedWidthInteger & SignedInteger>(
    _ call: String, _ subject: String? = nil, _ body: () -> Result
) throws(SystemCallError) -> Result {
    while true {
        let result = body()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw SystemCallError(call: call, code: code, subject: subject) }
    }
}
