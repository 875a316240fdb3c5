package import BeatdCore
internal import Linux

/// The addresses of this host as the heart wants them; the daemon asks again now and then.
package enum HostAddresses {
    /// Reads them now; where there is no default route, the source address is the one towards `registry`, literal
    /// addresses of the server in use.
    package static func read(towards registry: [String] = []) -> AddressSet {
        // Any port does: no packet leaves.
        let peers = registry.compactMap { SocketAddress($0, port: 9) }
        return AddressSet(source: Addresses.source(towards: peers), local: Addresses.local())
    }
}
