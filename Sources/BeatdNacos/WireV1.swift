package import BeatdCore

/// Nacos' HTTP API v1: what an order is as bytes, and what an answer means (nacos-protocol.md 1.5, 2.4 to 2.6).
///
/// Everything but the BeatInfo stands in the query: 2.x routes by what it finds there. The service is grouped everywhere.
package enum WireV1 {
    /// The whole request, ready to be sent.
    package static func request(_ order: WriteOrder) -> [UInt8] {
        let instance = order.instance
        switch order.kind {
        case .register:
            var text = begin("POST", "instance", instance, order.server)
            text.appendRegistration(of: instance)
            return text.bytes()
        case .beat(light: true, _): return begin("PUT", "instance/beat", instance, order.server).bytes()
        case .beat(light: false, let period):
            var form = Array("beat=".utf8)
            FormEncoding.append(BeatInfo(instance: instance, period: period.milliseconds).json, to: &form)
            return begin("PUT", "instance/beat", instance, order.server).bytes(form: form)
        case .deregister:
            var text = begin("DELETE", "instance", instance, order.server)
            text.append("ephemeral", String(instance.ephemeral))
            return text.bytes()
        case .inquire:
            var text = RequestText("GET", order.server, path: "/v1/ns/instance/list")
            text.append("namespaceId", instance.identity.service.namespace)
            text.append("serviceName", instance.identity.service.groupedName)
            return text.bytes()
        }
    }

    /// A beat without a body, up to the service's own name; nothing follows the entry.
    static func opening(ofBeatsOf service: ServiceKey, to server: Server) -> RequestText {
        begin("PUT", "instance/beat", service, server)
    }

    private static func begin(_ method: String, _ last: String, _ instance: Instance, _ server: Server) -> RequestText {
        var text = begin(method, last, instance.identity.service, server)
        text.append(entry: instance)
        return text
    }

    private static func begin(_ method: String, _ last: String, _ service: ServiceKey, _ server: Server) -> RequestText
    {
        var text = RequestText(method, server, path: "/v1/ns/\(last)")
        text.append("namespaceId", service.namespace)
        text.append("serviceName", "\(service.group)@@")
        return text
    }

    // MARK: Answers

    private static let ok = Array("ok".utf8)
    private static let beaten: Int64 = 10200
    private static let notFound: Int64 = 20404

    /// What an answer says about the order it answers.
    package static func reply(to kind: WriteOrder.Kind, _ response: HTTPResponse) -> Reply {
        switch kind {
        case .inquire: return Wire.presence(of: response)
        case _ where response.status != 200: return Wire.refused(response)
        case .register, .deregister:
            // Some front ends answer 200 with a page of their own; an empty 200 is 3.x's broken filter (2.2).
            return response.body.span.isSame(butForBlanksAround: ok.span)
                ? .accepted(intervalMilliseconds: nil, lightBeats: nil) : Wire.refused(response)
        case .beat:
            guard let answer = JSONAnswer(response.body) else { return Wire.refused(response) }
            switch answer.code ?? beaten {
            case beaten:
                // 1.0 and 1.1 answer the interval alone (2.6).
                guard answer.code != nil || answer.interval != nil else { return Wire.refused(response) }
                return .accepted(intervalMilliseconds: answer.interval, lightBeats: answer.lightBeats)
            case notFound: return .notFound
            default: return Wire.refused(response, isNacos: true)
            }
        }
    }
}
