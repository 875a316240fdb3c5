package import BeatdCore

/// The light beats that were sent last, as bytes: the same few hundred of them leave every few seconds.
///
/// Rendered once per instance. One that changed is rendered anew; one that says goodbye is dropped.
package struct RenderedBeats {
    /// More than a host has; what has a higher number is rendered as it comes.
    package static let most = 20_000

    private struct Beat {
        let identity: WireIdentity
        let cluster: String
        let server: Server
        let api: RegistryAPI
        let bytes: [UInt8]
    }

    /// By `WriteOrder.lease`.
    private var beats: [Beat?] = []

    package init() {}

    /// How many are kept.
    package var count: Int { beats.count { $0 != nil } }

    /// The bytes of any order.
    package mutating func request(_ order: WriteOrder) -> [UInt8] {
        switch order.kind {
        case .beat(light: true, _): return lightBeat(order)
        case .deregister:
            if order.lease < beats.count { beats[order.lease] = nil }
            return Wire.request(order)
        case .register, .beat(light: false, _), .inquire: return Wire.request(order)
        }
    }

    private mutating func lightBeat(_ order: WriteOrder) -> [UInt8] {
        let instance = order.instance
        if order.lease < beats.count, let beat = beats[order.lease], beat.identity == instance.identity,
            beat.cluster == instance.cluster, beat.server == order.server, beat.api == order.api
        {
            return beat.bytes
        }
        let bytes = Wire.lightBeat(of: instance, to: order.server, order.api)
        guard order.lease < Self.most else { return bytes }
        while beats.count <= order.lease { beats.append(nil) }
        beats[order.lease] = Beat(
            identity: instance.identity, cluster: instance.cluster, server: order.server, api: order.api, bytes: bytes)
        return bytes
    }
}
