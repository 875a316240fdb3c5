package import BeatdCore

/// Nacos' HTTP API v1: what an order is as bytes, and what an answer means (nacos-protocol.md 1.5, 2.4 to 2.6).
///
/// Everything but the BeatInfo stands in the query: 2.x routes by what it finds there. The service is grouped everywhere.
package enum WireV1 {
    /// Named in every request; it must hold neither `Nacos-Server` nor `Nacos-Java-Client`, which change what a server does.
    package static let userAgent = "beatd/\(Version.current)"

    /// The whole request, ready to be sent.
    package static func request(_ order: WriteOrder) -> [UInt8] {
        let instance = order.instance
        var target: [UInt8] = []
        var body: [UInt8]?
        let method: String
        switch order.kind {
        case .register:
            method = "POST"
            path(order.server, "instance", instance, &target)
            append("weight", String(instance.weight), &target)
            append("enabled", String(instance.enabled), &target)
            append("healthy", "true", &target)
            append("ephemeral", String(instance.ephemeral), &target)
            append("metadata", JSONText.object(instance.metadata), &target)
        case .beat(let light, let period):
            if light { return lightBeat(of: instance, to: order.server) }
            method = "PUT"
            path(order.server, "instance/beat", instance, &target)
            var form = Array("beat=".utf8)
            FormEncoding.append(BeatInfo(instance: instance, period: period.milliseconds).json, to: &form)
            body = form
        case .deregister:
            method = "DELETE"
            path(order.server, "instance", instance, &target)
            append("ephemeral", String(instance.ephemeral), &target)
        }
        return head(method, target, order.server, body) + (body ?? [])
    }

    /// A beat without a body: the same bytes as long as neither the instance's identity nor its cluster changes.
    static func lightBeat(of instance: Instance, to server: Server) -> [UInt8] {
        var target: [UInt8] = []
        path(server, "instance/beat", instance, &target)
        return head("PUT", target, server, nil)
    }

    private static func path(_ server: Server, _ last: String, _ instance: Instance, _ target: inout [UInt8]) {
        let identity = instance.identity
        target += Array("\(server.contextPath)/v1/ns/\(last)?namespaceId=".utf8)
        FormEncoding.append(identity.service.namespace, to: &target)
        append("serviceName", identity.service.groupedName, &target)
        append("clusterName", instance.cluster, &target)
        append("ip", identity.ip, &target)
        append("port", String(identity.port), &target)
    }

    private static func append(_ name: String, _ value: String, _ target: inout [UInt8]) {
        target += Array("&\(name)=".utf8)
        FormEncoding.append(value, to: &target)
    }

    private static func head(_ method: String, _ target: [UInt8], _ server: Server, _ body: [UInt8]?) -> [UInt8] {
        var bytes = Array("\(method) ".utf8)
        bytes += target
        var rest = " HTTP/1.1\r\nHost: \(server.authority)\r\nUser-Agent: \(userAgent)\r\nAccept: application/json\r\n"
        if body != nil { rest += "Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n" }
        rest += "Content-Length: \(body?.count ?? 0)\r\n\r\n"
        return bytes + Array(rest.utf8)
    }

    // MARK: Answers

    private static let ok = Array("ok".utf8)

    /// What an answer says about the order it answers.
    package static func reply(to kind: WriteOrder.Kind, _ response: HTTPResponse) -> Reply {
        guard response.status == 200 else { return refused(response) }
        switch kind {
        case .register, .deregister:
            // Some front ends answer 200 with a page of their own; an empty 200 is 3.x's broken filter (2.2).
            return response.body == ok
                ? .accepted(intervalMilliseconds: nil, lightBeats: nil) : refused(response)
        case .beat:
            guard let answer = BeatAnswer(response.body) else { return refused(response) }
            switch answer.code ?? BeatAnswer.ok {
            case BeatAnswer.ok:
                // 1.0 and 1.1 answer the interval alone (2.6).
                guard answer.code != nil || answer.interval != nil else { return refused(response) }
                return .accepted(intervalMilliseconds: answer.interval, lightBeats: answer.lightBeats)
            case BeatAnswer.notFound: return .notFound
            default: return refused(response)
            }
        }
    }

    private static func refused(_ response: HTTPResponse) -> Reply {
        .refused(status: response.status, text: Excerpt.text(response.body))
    }
}
