internal import Glibc

/// A literal IPv4 or IPv6 address with a port.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// Canonical text, IPv6 without brackets.
    package let host: String
    package let port: UInt16
    let family: Int32
    private let storage: [UInt8]

    /// nil where `host` is no literal address.
    package init?(_ host: String, port: Int) {
        guard let port = UInt16(exactly: port) else { return nil }
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if unsafe inet_pton(AF_INET, host, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            unsafe self.init(bytes: withUnsafeBytes(of: four) { unsafe Array($0) })
        } else if unsafe inet_pton(AF_INET6, host, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            unsafe self.init(bytes: withUnsafeBytes(of: six) { unsafe Array($0) })
        } else {
            return nil
        }
    }

    init?(_ raw: UnsafeMutablePointer<sockaddr>) {
        let size =
            switch Int32(unsafe raw.pointee.sa_family) {
            case AF_INET: MemoryLayout<sockaddr_in>.size
            case AF_INET6: MemoryLayout<sockaddr_in6>.size
            default: 0
            }
        guard size > 0 else { return nil }
        unsafe self.init(bytes: Array(UnsafeRawBufferPointer(start: raw, count: size)))
    }

    private init?(bytes: [UInt8]) {
        storage = bytes
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if bytes.count == MemoryLayout<sockaddr_in>.size {
            family = AF_INET
            var raw = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: sockaddr_in.self) }
            guard unsafe inet_ntop(AF_INET, &raw.sin_addr, &text, socklen_t(text.count)) != nil else { return nil }
            port = UInt16(bigEndian: raw.sin_port)
        } else {
            family = AF_INET6
            var raw = unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: sockaddr_in6.self) }
            guard unsafe inet_ntop(AF_INET6, &raw.sin6_addr, &text, socklen_t(text.count)) != nil else { return nil }
            port = UInt16(bigEndian: raw.sin6_port)
        }
        host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The address alone in network byte order, 4 or 16 bytes.
    var bytes: [UInt8] {
        // Behind family and port, and before an IPv6 address its flow (ip(7), ipv6(7)).
        family == AF_INET ? Array(storage[4..<8]) : Array(storage[8..<24])
    }

    /// `10.0.3.7:80`, `[::1]:80`.
    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    func with<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe storage.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("a socket address without bytes") }
            return unsafe body(start.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count))
        }
    }
}
