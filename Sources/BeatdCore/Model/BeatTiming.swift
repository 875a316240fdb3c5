/// How often an instance beats and when the registry gives it up (Nacos PreservedMetadataKeys).
package struct BeatTiming: Hashable, Sendable {
    /// Between two beats, unless the server asks for another interval.
    @InNanoseconds package var interval: Duration
    /// Without a beat for this long the registry calls the instance unhealthy.
    @InNanoseconds package var timeout: Duration
    /// Without a beat for this long the registry deletes the instance.
    @InNanoseconds package var deleteAfter: Duration

    package init(
        interval: Duration = .seconds(5), timeout: Duration = .seconds(15), deleteAfter: Duration = .seconds(30)
    ) {
        self.interval = interval
        self.timeout = timeout
        self.deleteAfter = deleteAfter
    }

    /// Below this, a server's interval is a mistake that would become a flood.
    package static let shortestServerInterval = Duration.milliseconds(500)

    /// The interval that counts when a server asked for `milliseconds`: from 500 ms to half of `timeout`.
    ///
    /// A longer one counts as that half: obeying 60 s would lose a 15 s lease. A shorter one, 0 included (2.5.0 answers 0
    /// after a metadata value like `5s`, registries/observed/nacos-1x-2x.md), is no answer.
    package func interval(askedFor milliseconds: Int64?) -> Duration? {
        guard let milliseconds, milliseconds >= Self.shortestServerInterval.milliseconds else { return nil }
        return .nanoseconds(min(min(milliseconds, 86_400_000) * 1_000_000, timeout.nanoseconds / 2))
    }

    /// What the registry was told with that metadata; what it can't be taken for, or isn't there, is Nacos' default.
    init(preservedIn metadata: [String: String]) {
        func length(_ key: String, _ usual: Duration) -> Duration {
            metadata[key].flatMap { Int64($0) }.flatMap { (1...86_400_000).contains($0) ? .milliseconds($0) : nil }
                ?? usual
        }
        let usual = BeatTiming()
        self.init(
            interval: length("preserved.heart.beat.interval", usual.interval),
            timeout: length("preserved.heart.beat.timeout", usual.timeout),
            deleteAfter: length("preserved.ip.delete.timeout", usual.deleteAfter))
    }

    /// The metadata that tells the registry of timings that are not its own defaults; values are milliseconds.
    package var preservedMetadata: [String: String] {
        let usual = BeatTiming()
        var metadata: [String: String] = [:]
        if interval != usual.interval { metadata["preserved.heart.beat.interval"] = "\(interval.milliseconds)" }
        if timeout != usual.timeout { metadata["preserved.heart.beat.timeout"] = "\(timeout.milliseconds)" }
        if deleteAfter != usual.deleteAfter { metadata["preserved.ip.delete.timeout"] = "\(deleteAfter.milliseconds)" }
        return metadata
    }
}
