internal import CLinux
internal import Glibc

/// Asks the kernel who listens on TCP ports, in beatd's own network namespace; needs no privilege (sock_diag(7)).
///
/// An answer that may not be whole is an error, never a shorter one.
package struct SocketDiagnosis: ~Copyable {
    /// The kernel answers within the call; longer than this nobody waits for a datagram of a dump or look-up.
    ///
    /// Only its silence counts: that beatd was held up meanwhile, by a SIGSTOP or a busy machine, says nothing of it.
    package static let patience = Duration.milliseconds(200)
    /// A dump of more listening sockets is an error (E2BIG); one of 10,000 takes about 5 ms.
    package static let mostListeners = 131_072
    /// The kernel puts at most 32 KiB into a datagram of a dump (netlink(7)).
    private static let bufferSize = 65_536

    private var buffer = [UInt8](repeating: 0, count: bufferSize)
    private var sequence: UInt32 = 0
    /// nil before the first use and after an error: a dump that was not read to its end would make the next one EBUSY.
    private var socket: Descriptor?

    package init() {}

    /// Gives every listening TCP socket of one family; dual-stack ones are IPv6.
    package mutating func dump(
        _ family: Addresses.Family, _ found: (ListeningSocket) -> Void
    ) throws(SystemCallError) {
        var request = Self.request(family, port: 0, bytes: [])
        request.idiag_states = 1 << UInt32(DiagnosisAnswer.stateListen)
        try exchange(request, flags: NLM_F_DUMP, found)
    }

    /// Who would get a connection to that address: a socket on it, or on a wildcard; nil: nobody.
    ///
    /// Call it after a dump that went well: where the kernel has no inet_diag it says nobody, too.
    package mutating func lookup(_ address: SocketAddress) throws(SystemCallError) -> ListeningSocket? {
        var result: ListeningSocket?
        do throws(SystemCallError) {
            try exchange(Self.request(address), flags: 0) { result = $0 }
        } catch { guard error.isNotFound else { throw error } }
        return result
    }

    private mutating func exchange(
        _ request: inet_diag_req_v2, flags: Int32, _ found: (ListeningSocket) -> Void
    ) throws(SystemCallError) {
        let number: Int32
        if let open = socket?.number {
            number = open
        } else {
            let fresh = try Self.connected()
            number = fresh.number
            socket = consume fresh
        }
        sequence &+= 1
        do throws(SystemCallError) {
            try Self.send(request, flags: flags, sequence: sequence, to: number)
            try receive(from: number, found)
        } catch {
            // ENOENT answers a look-up and leaves nothing behind.
            if !error.isNotFound { socket = nil }
            throw error
        }
    }

    /// A socket that hears the kernel alone: connected to its port 0 (netlink(7)).
    private static func connected() throws(SystemCallError) -> Descriptor {
        let kind = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let socket = Descriptor(
            taking: try checked("socket", "AF_NETLINK") { Glibc.socket(AF_NETLINK, kind, NETLINK_SOCK_DIAG) })
        let number = socket.number
        var kernel = sockaddr_nl()
        kernel.nl_family = sa_family_t(AF_NETLINK)
        try checked("connect", "AF_NETLINK") {
            unsafe withUnsafePointer(to: &kernel) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
                }
            }
        }
        return socket
    }

    private static func send(
        _ request: inet_diag_req_v2, flags: Int32, sequence: UInt32, to number: Int32
    ) throws(SystemCallError) {
        var message = (nlmsghdr(), request)
        message.0.nlmsg_len = UInt32(MemoryLayout.size(ofValue: message))
        message.0.nlmsg_type = UInt16(SOCK_DIAG_BY_FAMILY)
        message.0.nlmsg_flags = UInt16(NLM_F_REQUEST | flags)
        message.0.nlmsg_seq = sequence
        try checked("send", "AF_NETLINK") {
            unsafe withUnsafeBytes(of: &message) { unsafe Glibc.send(number, $0.baseAddress, $0.count, 0) }
        }
    }

    private mutating func receive(
        from number: Int32, _ found: (ListeningSocket) -> Void
    ) throws(SystemCallError) {
        var count = 0
        while true {
            let length = try next(from: number)
            let outcome = try DiagnosisAnswer.read(buffer.span.extracting(..<length), sequence: sequence) {
                count += 1
                found($0)
            }
            if outcome == .done { return }
            guard count <= Self.mostListeners else { throw DiagnosisAnswer.failure(E2BIG) }
        }
    }

    /// The length of the next datagram, now in the buffer.
    private mutating func next(from number: Int32) throws(SystemCallError) -> Int {
        let end = Clocks.monotonic() + Int64(Self.patience / .nanoseconds(1))
        while true {
            do throws(SystemCallError) {
                let length = try checked("recv", "AF_NETLINK") {
                    unsafe buffer.withUnsafeMutableBytes {
                        // With MSG_TRUNC it says how long the datagram was, not what fitted.
                        unsafe recv(number, $0.baseAddress, $0.count, Int32(MSG_TRUNC))
                    }
                }
                guard (1...Self.bufferSize).contains(length) else { throw DiagnosisAnswer.failure(EMSGSIZE) }
                return length
            } catch {
                guard error.isAgain else { throw error }
                let left = (end - Clocks.monotonic()) / 1_000_000
                guard left > 0 else { throw DiagnosisAnswer.failure(ETIMEDOUT) }
                var waiting = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
                try checked("poll", "AF_NETLINK") { unsafe poll(&waiting, 1, Int32(left)) }
            }
        }
    }

    private static func request(_ address: SocketAddress) -> inet_diag_req_v2 {
        request(address.family == AF_INET ? .four : .six, port: address.port, bytes: address.bytes)
    }

    private static func request(
        _ family: Addresses.Family, port: UInt16, bytes: [UInt8]
    ) -> inet_diag_req_v2 {
        var request = inet_diag_req_v2()
        request.sdiag_family = UInt8(family == .four ? AF_INET : AF_INET6)
        request.sdiag_protocol = UInt8(IPPROTO_TCP)
        request.id.idiag_sport = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &request.id.idiag_src) { source in
            for (index, byte) in bytes.enumerated() { unsafe source[index] = byte }
        }
        // INET_DIAG_NOCOOKIE: whoever it is.
        request.id.idiag_cookie = (.max, .max)
        return request
    }
}
