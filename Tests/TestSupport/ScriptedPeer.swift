internal import Glibc
package import Linux

/// One end of a stream socket that says and hears raw bytes: a client or a server that keeps to no protocol.
///
/// Never waits: whoever waits for it turns the loop.
package final class ScriptedPeer {
    private var socket: Descriptor?
    private(set) package var heard: [UInt8] = []
    /// The other end has closed, or reset.
    private(set) package var hasEnded = false

    package init(_ socket: consuming Descriptor) { self.socket = consume socket }

    package convenience init(connectingTo address: SocketAddress) throws {
        self.init(try Sockets.connect(to: address))
    }

    package var text: String {
        hear()
        return String(decoding: heard, as: UTF8.self)
    }

    /// Gives the number of bytes that the socket took.
    @discardableResult
    package func say(_ bytes: [UInt8]) -> Int {
        let number = socket?.number ?? -1
        return unsafe bytes.withUnsafeBytes { unsafe send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }

    @discardableResult
    package func say(_ text: String) -> Int { say(Array(text.utf8)) }

    /// Takes what has come.
    package func hear() {
        guard let number = socket?.number else { return }
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while !hasEnded {
            let count = unsafe recv(number, &buffer, buffer.count, 0)
            if count > 0 {
                heard.append(contentsOf: buffer[..<count])
            } else if count == 0 || errno != EAGAIN && errno != EINTR {
                hasEnded = true
            } else if errno == EAGAIN {
                return
            }
            // Where a socket has a time-out, a stop of this process interrupts it (signal(7)).
        }
    }

    package func forget() { heard = [] }

    /// Closes in order: the other end reads an end.
    package func close() { socket = nil }

    /// Says that nothing more will be said; still listens.
    package func finish() { shutdown(socket?.number ?? -1, Int32(SHUT_WR)) }

    /// Closes at once: the other end reads a reset.
    package func reset() {
        guard let number = socket?.number else { return }
        var linger = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(number, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
        socket = nil
    }
}
