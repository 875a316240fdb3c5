package import BeatdCore

/// The light beats that were sent last, as bytes: the same few hundred of them leave every few seconds.
///
/// Rendered once per instance, but for the end that all have in common. One that changed is rendered anew; one that says goodbye is dropped.
package struct RenderedBeats {
    /// More than a host has; what has a higher number is rendered as it comes.
    package static let most = 20_000

    private struct Beat {
        let instance: Instance
        let beginning: [UInt8]
    }

    /// Whom the kept ones are for: another server, or another API, begins anew.
    private var server = Server()
    private var api = RegistryAPI.v1
    private var ending: [UInt8] = []
    /// By `WriteOrder.lease`.
    private var beats: [Beat?] = []

    package init() {}

    /// How many are kept.
    package var count: Int { beats.count { $0 != nil } }

    /// The bytes of any order, behind those of others.
    package mutating func append(_ order: WriteOrder, to requests: inout [UInt8]) {
        switch order.kind {
        case .beat(light: true, _):
            if api != order.api || server != order.server {
                (server, api) = (order.server, order.api)
                beats = []
            }
            if !appendKept(order, to: &requests) { requests += render(order) }
            requests += ending
        case .deregister:
            if order.lease < beats.count { beats[order.lease] = nil }
            requests += Wire.request(order)
        case .register, .beat(light: false, _), .inquire: requests += Wire.request(order)
        }
    }

    private func appendKept(_ order: WriteOrder, to requests: inout [UInt8]) -> Bool {
        guard order.lease < beats.count, let beat = beats[order.lease], beat.instance == order.instance else {
            return false
        }
        requests += beat.beginning
        return true
    }

    private mutating func render(_ order: WriteOrder) -> [UInt8] {
        let text = Wire.lightBeat(of: order.instance, to: server, api)
        ending = text.ending()
        let beginning = text.beginning
        guard order.lease < Self.most else { return beginning }
        while beats.count <= order.lease { beats.append(nil) }
        beats[order.lease] = Beat(instance: order.instance, beginning: beginning)
        return beginning
    }
}
