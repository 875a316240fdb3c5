package import BeatdCore

/// The light beats that were sent last, as bytes: the same few hundred of them leave every few seconds.
///
/// Rendered once per instance. One that changed is rendered anew; one that says goodbye is dropped.
package struct RenderedBeats {
    /// More than a host has; beyond it all are forgotten and rendered as they come.
    package static let most = 20_000

    private struct Beat {
        let cluster: String
        let server: Server
        let api: RegistryAPI
        let bytes: [UInt8]
    }

    private var beats: [WireIdentity: Beat] = [:]

    package init() {}

    /// How many are kept.
    package var count: Int { beats.count }

    /// The bytes of any order.
    package mutating func request(_ order: WriteOrder) -> [UInt8] {
        switch order.kind {
        case .beat(light: true, _): return lightBeat(order.instance, order.server, order.api)
        case .deregister:
            beats[order.instance.identity] = nil
            return Wire.request(order)
        case .register, .beat(light: false, _), .inquire: return Wire.request(order)
        }
    }

    private mutating func lightBeat(_ instance: Instance, _ server: Server, _ api: RegistryAPI) -> [UInt8] {
        let identity = instance.identity
        if let beat = beats[identity], beat.cluster == instance.cluster, beat.server == server, beat.api == api {
            return beat.bytes
        }
        let bytes = Wire.lightBeat(of: instance, to: server, api)
        if beats.count >= Self.most { beats.removeAll() }
        beats[identity] = Beat(cluster: instance.cluster, server: server, api: api, bytes: bytes)
        return bytes
    }
}
