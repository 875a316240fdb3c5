/// What beatd.yaml's `defaults` give every descriptor: any key but service, port, probes, and how probes look.
package struct DescriptorDefaults: Hashable, Sendable {
    /// The map as written, without `probe`; merged under each file key by key.
    package var keys: WrittenValue?
    package var probe: ProbeDefaults

    package init(keys: WrittenValue? = nil, probe: ProbeDefaults = ProbeDefaults()) {
        self.keys = keys
        self.probe = probe
    }
}

/// How a probe looks that says nothing about it.
package struct ProbeDefaults: Hashable, Sendable {
    package var interval: Duration
    /// At most; a shorter interval shortens it.
    package var timeout: Duration
    package var rise: Int
    package var fall: Int

    package init(interval: Duration = .seconds(2), timeout: Duration = .seconds(1), rise: Int = 1, fall: Int = 3) {
        self.interval = interval
        self.timeout = timeout
        self.rise = rise
        self.fall = fall
    }
}
