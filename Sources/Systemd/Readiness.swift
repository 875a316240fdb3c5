/// What a descriptor is watched for, or is ready for (epoll(7)).
package struct Readiness: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let read = Readiness(rawValue: 0x001)
    package static let write = Readiness(rawValue: 0x004)
    /// Comes unasked.
    package static let error = Readiness(rawValue: 0x008)
    /// Comes unasked.
    package static let hangup = Readiness(rawValue: 0x010)
}
