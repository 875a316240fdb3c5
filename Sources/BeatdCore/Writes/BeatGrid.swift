/// When beats fall due: at instants ≡ hash modulo the interval, counted from boot.
///
/// So load is even whatever started when, and a restart of beatd keeps every instance's schedule. FNV-1a of the wire
/// identity, since Swift's own hash differs from start to start.
struct BeatGrid {
    private let phase: UInt64
    /// The beat sent last was due then; it left up to a tick early and must not fall due a second time.
    var lastDue = Instant.longAgo

    init(_ identity: WireIdentity) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for text in [identity.service.namespace, identity.service.groupedName, identity.ip, String(identity.port)] {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = (hash ^ 0x2f) &* 0x100_0000_01b3
        }
        phase = hash
    }

    /// The first beat after `instant`.
    func next(after instant: Instant, every interval: Duration) -> Instant {
        let length = max(interval.nanoseconds, 1)
        let offset = Int64(phase % UInt64(length))
        let passed = (instant.nanoseconds - offset) % length
        let since = passed < 0 ? passed + length : passed
        return Instant(nanoseconds: instant.nanoseconds - since + length)
    }
}
