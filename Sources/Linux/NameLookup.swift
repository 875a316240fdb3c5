internal import Glibc

/// Asks for the addresses of a name as every program of this host does (nsswitch.conf(5)): files, then name servers.
package enum NameLookup {
    /// Why a name has no address now.
    package enum Failure: Error, Hashable, Sendable {
        case noSuchName
        /// It is known, with no address that could be connected to.
        case noAddress
        /// No name server answered, or none could.
        case noAnswer
        /// Anything else, in the C library's words.
        case failed(String)
    }

    private static let noData: Int32 = -5  // EAI_NODATA (netdb.h), which is glibc's own

    /// Canonical addresses in the order of the answer.
    ///
    /// It may take as long as the name servers like (resolv.conf(5), timeout and attempts): never call it on the loop.
    package static func addresses(of name: String) -> Result<[String], Failure> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &first)
        let reason = errno
        guard code == 0 else { return .failure(failure(code, reason)) }
        defer { unsafe freeaddrinfo(first) }
        var found: [String] = []
        var next = unsafe first
        while let entry = unsafe next {
            // One of a link is none without its interface, which is left out here.
            if let raw = unsafe entry.pointee.ai_addr, let host = unsafe SocketAddress(raw)?.host,
                !found.contains(host),
                !(host.contains(":") && Addresses.isLinkLocal(host))
            {
                found.append(host)
            }
            unsafe next = entry.pointee.ai_next
        }
        return found.isEmpty ? .failure(.noAddress) : .success(found)
    }

    private static func failure(_ code: Int32, _ reason: Int32) -> Failure {
        switch code {
        case EAI_NONAME: .noSuchName
        case noData: .noAddress
        case EAI_AGAIN: .noAnswer
        case EAI_SYSTEM: .failed(unsafe String(cString: strerror(reason)))
        default: .failed(unsafe String(cString: gai_strerror(code)))
        }
    }
}
