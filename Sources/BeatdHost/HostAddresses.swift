package import BeatdCore
internal import Linux

/// The addresses of this host as the heart wants them; the daemon asks again now and then.
package enum HostAddresses {
    /// Reads them now.
    package static func read() -> AddressSet { AddressSet(source: Addresses.source(), local: Addresses.local()) }
}
