internal import Glibc

/// A unix datagram socket without an address of its own, for words to sockets that have one (unix(7)).
///
/// The path is looked up for each of them: a reader that was restarted is found again.
package final class Datagrams: Sendable {
    private let number: Int32

    /// Opens the socket; sends nothing yet.
    package init() throws(SystemCallError) {
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        number = try checked("socket") { Glibc.socket(AF_UNIX, kind, 0) }
    }

    deinit { close(number) }

    /// Sends one to the socket at `path`, or to the abstract one that a leading `@` names.
    ///
    /// Where its reader doesn't read it waits, or, where it may not, fails at once (`isAgain`).
    package func send(_ bytes: [UInt8], to path: String, isWaiting: Bool) throws(SystemCallError) {
        guard path.utf8.count <= Sockets.longestUnixPath else {
            throw SystemCallError(call: "sendto", code: ENAMETOOLONG, subject: path)
        }
        let flags = Int32(MSG_NOSIGNAL) | (isWaiting ? 0 : Int32(MSG_DONTWAIT))
        try checked("sendto", path) {
            unsafe Sockets.withUnix(path, isAbstract: path.hasPrefix("@")) { address, size in
                unsafe bytes.withUnsafeBytes { buffer in
                    unsafe sendto(number, buffer.baseAddress, buffer.count, flags, address, size)
                }
            }
        }
    }
}
