package import BeatdCore

/// Nacos' HTTP API v3 for clients (nacos-protocol.md 4.1, registries/observed/nacos-3x.md).
///
/// The service goes without its group: v3 takes `G@@s` for a name. Every beat is light, and tells of no interval.
package enum WireV3 {
    /// The whole request, ready to be sent.
    package static func request(_ order: WriteOrder) -> [UInt8] {
        let instance = order.instance
        switch order.kind {
        case .beat:
            var text = begin("POST", instance, order.server)
            text.append(encoded: beatMark)
            return text.bytes()
        case .register:
            var text = begin("POST", instance, order.server)
            text.appendRegistration(of: instance)
            return text.bytes()
        case .deregister:
            var text = begin("DELETE", instance, order.server)
            text.append("ephemeral", String(instance.ephemeral))
            return text.bytes()
        case .inquire:
            var text = RequestText("GET", order.server, path: "/v3/client/ns/instance/list")
            text.append("namespaceId", instance.identity.service.namespace)
            text.append("groupName", instance.identity.service.group)
            text.append("serviceName", instance.identity.service.service)
            return text.bytes()
        }
    }

    /// What keeps an instance alive and never makes one, up to the service's own name; `beatMark` follows the entry.
    static func opening(ofBeatsOf service: ServiceKey, to server: Server) -> RequestText {
        begin("POST", service, server)
    }

    /// What makes a registration a beat.
    static let beatMark = Array("&heartBeat=true".utf8)

    private static func begin(_ method: String, _ instance: Instance, _ server: Server) -> RequestText {
        var text = begin(method, instance.identity.service, server)
        text.append(entry: instance)
        return text
    }

    private static func begin(_ method: String, _ service: ServiceKey, _ server: Server) -> RequestText {
        var text = RequestText(method, server, path: "/v3/client/ns/instance")
        text.append("namespaceId", service.namespace)
        text.append("groupName", service.group)
        text.append("serviceName", "")
        return text
    }

    // MARK: Answers

    private static let ok: Int64 = 0
    /// INSTANCE_NOT_FOUND, in an answer 200 (nacos-3x.md, "heartbeat, unknown ip").
    private static let notFound: Int64 = 21003

    /// What an answer says about the order it answers.
    ///
    /// Metadata that v3 doesn't like gets an empty 200 and nothing is registered (nacos-3x.md, "metadata not JSON").
    package static func reply(to kind: WriteOrder.Kind, _ response: HTTPResponse) -> Reply {
        if kind == .inquire { return Wire.presence(of: response) }
        guard response.status == 200, let code = JSONAnswer(response.body)?.code else { return Wire.refused(response) }
        switch (code, kind) {
        case (ok, _): return .accepted(intervalMilliseconds: nil, lightBeats: nil)
        case (notFound, .beat): return .notFound
        default: return Wire.refused(response, isNacos: true)
        }
    }
}
