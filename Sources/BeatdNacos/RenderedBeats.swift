package import BeatdCore

/// The light beats that were sent last, as bytes: the same few hundred of them leave every few seconds.
///
/// Rendered once per instance. One that changed is rendered anew; one that says goodbye is dropped.
package struct RenderedBeats {
    /// More than a host has; what has a higher number is rendered as it comes.
    package static let most = 20_000

    private struct Beat {
        let instance: Instance
        let bytes: [UInt8]
    }

    /// Whom the kept ones are for: another server, or another API, begins anew.
    private var target: (server: Server, api: RegistryAPI)?
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
        if target?.server != order.server || target?.api != order.api {
            target = (order.server, order.api)
            beats = []
        }
        if order.lease < beats.count, let beat = beats[order.lease], beat.instance == order.instance {
            return beat.bytes
        }
        let bytes = Wire.lightBeat(of: order.instance, to: order.server, order.api)
        guard order.lease < Self.most else { return bytes }
        while beats.count <= order.lease { beats.append(nil) }
        beats[order.lease] = Beat(instance: order.instance, bytes: bytes)
        return bytes
    }
}
