internal import CLinux
internal import Glibc

/// Reads the kernel's answers to sock_diag(7) requests: netlink(7) messages of listening sockets.
package enum DiagnosisAnswer {
    /// What a datagram ends with.
    package enum End: Hashable, Sendable {
        /// More datagrams follow.
        case open
        /// The dump, or the single answer, is whole.
        case done
    }

    /// Gives the listening sockets of one datagram that answers request `sequence`; those of older requests are passed over.
    ///
    /// Whatever says that something may be missing is an error: NLMSG_ERROR, NLM_F_DUMP_INTR, NLMSG_OVERRUN, a message
    /// cut short.
    package static func read(
        _ datagram: Span<UInt8>, sequence: UInt32, _ found: (ListeningSocket) -> Void
    ) throws(SystemCallError) -> End {
        let datagram = unsafe datagram.bytes
        var position = 0
        while position < datagram.byteCount {
            guard let header = load(nlmsghdr.self, datagram, at: position) else { throw failure(EBADMSG) }
            let length = Int(header.nlmsg_len)
            guard length >= headerSize, length <= datagram.byteCount - position else { throw failure(EBADMSG) }
            let payload = datagram.extracting((position + headerSize)..<(position + length))
            position += aligned(length)
            guard header.nlmsg_seq == sequence else { continue }
            if Int32(header.nlmsg_flags) & NLM_F_DUMP_INTR != 0 { throw failure(EINTR) }
            switch Int32(header.nlmsg_type) {
            case NLMSG_NOOP: continue
            case NLMSG_OVERRUN: throw failure(ENOBUFS)
            case NLMSG_DONE, NLMSG_ERROR:
                // Both begin with an errno, negative; a dump that went well ends with 0 or nothing at all.
                let code = load(Int32.self, payload, at: 0) ?? 0
                guard code == 0 else { throw failure(code == .min ? EBADMSG : -code) }
                return .done
            case SOCK_DIAG_BY_FAMILY:
                if let socket = try listener(payload) { found(socket) }
                if Int32(header.nlmsg_flags) & NLM_F_MULTI == 0 { return .done }
            default: throw failure(EBADMSG)
            }
        }
        return .open
    }

    /// One socket; nil where it doesn't listen.
    private static func listener(_ payload: RawSpan) throws(SystemCallError) -> ListeningSocket? {
        guard let message = load(inet_diag_msg.self, payload, at: 0) else { throw failure(EBADMSG) }
        guard Int(message.idiag_state) == stateListen else { return nil }
        // An IPv6 socket always comes with its IPV6_V6ONLY while it listens, since Linux 4.3.
        var isIPv6Only = false
        var position = aligned(MemoryLayout<inet_diag_msg>.size)
        while let attribute = load(nlattr.self, payload, at: position) {
            let length = Int(attribute.nla_len)
            guard length >= attributeSize, length <= payload.byteCount - position else { throw failure(EBADMSG) }
            if Int(attribute.nla_type) == attributeV6Only {
                isIPv6Only = load(UInt8.self, payload, at: position + attributeSize) != 0
            }
            position += aligned(length)
        }
        return ListeningSocket(message, isIPv6Only: isIPv6Only)
    }

    static func failure(_ code: Int32) -> SystemCallError { SystemCallError(call: "sock_diag", code: code) }

    private static func load<Value: BitwiseCopyable>(
        _ type: Value.Type, _ bytes: RawSpan, at offset: Int
    ) -> Value? {
        guard offset + MemoryLayout<Value>.size <= bytes.byteCount else { return nil }
        return unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    /// Messages and attributes begin at multiples of 4 (NLMSG_ALIGNTO, NLA_ALIGNTO).
    private static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }

    /// TCP_LISTEN of tcp_states.h.
    static let stateListen = 10
    private static let headerSize = MemoryLayout<nlmsghdr>.size
    private static let attributeSize = MemoryLayout<nlattr>.size
    /// INET_DIAG_SKV6ONLY.
    private static let attributeV6Only = 11
}
