package import BeatdCore

/// Writes requests one behind the other; what the light beats of one host and group have in common is rendered once.
///
/// Ten thousand whole beats would take two megabytes, and reading one of them takes as long as rendering what differs.
package struct RequestWriter {
    /// All of a light beat but the service's own name and the port, and of which beats.
    private final class Common: Sendable {
        let server: Server
        let api: RegistryAPI
        let namespace: String
        let group: String
        let cluster: String
        let ip: String
        /// What stands before the service's own name.
        let opening: [UInt8]
        /// What stands between that and the port.
        let host: [UInt8]
        /// What stands behind the port.
        let ending: [UInt8]

        init(_ order: WriteOrder) {
            let service = order.instance.identity.service
            (server, api) = (order.server, order.api)
            (namespace, group) = (service.namespace, service.group)
            (cluster, ip) = (order.instance.cluster, order.instance.identity.ip)
            (opening, ending) = Wire.lightBeat(of: service, to: server, api)
            var host: [UInt8] = []
            RequestText.append(hostOf: order.instance, to: &host)
            self.host = host
        }

        func isShared(by order: WriteOrder) -> Bool {
            api == order.api && server == order.server && ip == order.instance.identity.ip
                && namespace == order.instance.identity.service.namespace
                && group == order.instance.identity.service.group && cluster == order.instance.cluster
        }
    }

    private var common: Common?

    package init() {}

    /// The bytes of any order, behind those of others.
    package mutating func append(_ order: WriteOrder, to requests: inout [UInt8]) {
        guard case .beat(light: true, _) = order.kind else {
            requests += Wire.request(order)
            return
        }
        let common = common(to: order)
        requests += common.opening
        FormEncoding.append(order.instance.identity.service.service, to: &requests)
        requests += common.host
        requests += String(order.instance.identity.port).utf8
        requests += common.ending
    }

    private mutating func common(to order: WriteOrder) -> Common {
        if let common, common.isShared(by: order) { return common }
        let new = Common(order)
        common = new
        return new
    }
}
