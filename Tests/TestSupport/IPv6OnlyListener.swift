internal import Glibc
package import Linux

/// A listener on `[::]` that takes no IPv4 (ipv6(7), IPV6_V6ONLY).
package enum IPv6OnlyListener {
    /// On a free port, unless told another.
    package static func open(port: UInt16 = 0) throws(SystemCallError) -> Descriptor {
        let socket = Descriptor(
            taking: Glibc.socket(AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
        let number = socket.number
        var on: Int32 = 1
        for (level, option) in [(Int32(IPPROTO_IPV6), IPV6_V6ONLY), (SOL_SOCKET, SO_REUSEADDR)] {
            unsafe setsockopt(number, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = port.bigEndian
        let isBound = unsafe withUnsafePointer(to: &name) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
        guard isBound == 0, listen(number, 128) == 0 else { throw SystemCallError(call: "listen", code: errno) }
        return socket
    }
}
