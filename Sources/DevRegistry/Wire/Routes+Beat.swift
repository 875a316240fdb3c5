extension Routes {
    mutating func beat(_ parameters: Parameters, at now: Moment) throws(Refusal) -> Answer {
        let json = try beatJSON(parameters)
        let key = try service(parameters)
        var beat = Beat(
            service: key, ip: parameters["ip"] ?? "", port: parameters["port"].flatMap { Int($0) } ?? 0,
            cluster: parameters["clusterName"] ?? Instance.defaultCluster)
        if let json { try fill(&beat, from: json, at: now) }
        let answer = try store.beat(beat, at: now)
        var reply = Answer.json(answer.json)
        reply.code = answer.code
        reply.isApplied = answer.isApplied
        return reply
    }

    private func beatJSON(_ parameters: Parameters) throws(Refusal) -> JSON? {
        guard let text = parameters["beat"] else { return nil }
        if let json = JSON(text: text), case .object = json { return json }
        guard rules.hold(.beatMustBeJSON) else { return nil }
        let wanted = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
        let reason = "Unrecognized token '\(text)': was expecting \(wanted)"
        throw Self.unreadable(text, reason, column: text.utf16.count + 1)
    }

    /// Address and cluster of the JSON win over the parameters; what it leaves out becomes zero, as Java has it.
    private func fill(_ beat: inout Beat, from json: JSON, at now: Moment) throws(Refusal) {
        let port = json["port"].map { $0.int ?? $0.string.flatMap { Int($0) } }
        if case .some(nil) = port {
            let reason = "Cannot deserialize value of type `int`: not a valid `int` value"
            throw Self.unreadable(json.text, reason, column: 1)
        }
        if rules.hold(.addressInsideJSONCounts) {
            beat.ip = json["ip"]?.string ?? ""
            beat.port = (port ?? 0) ?? 0
        }
        let cluster = json["cluster"]?.string.map(Words.trimmed) ?? ""
        let fallback = rules.hold(.missingClusterFromParameter) ? beat.cluster : Instance.defaultCluster
        beat.cluster = cluster.isEmpty ? fallback : cluster
        let missingWeight: Double = rules.hold(.missingWeightIsZero) ? 0 : 1
        let instance = Instance(
            ip: beat.ip, port: beat.port, cluster: beat.cluster, weight: json["weight"]?.double ?? missingWeight,
            isEnabled: true, isHealthy: true, isEphemeral: json["ephemeral"]?.bool ?? true,
            metadata: json["metadata"].flatMap { Metadata(json: $0) } ?? Metadata(), lastBeat: now)
        beat.full = Beat.Full(serviceName: json["serviceName"]?.string, instance: instance)
    }

    private static func unreadable(_ text: String, _ reason: String, column: Int) -> Refusal {
        let place = "\n at [Source: (String)\"\(text)\"; line: 1, column: \(column)]"
        let type = "com.alibaba.nacos.naming.healthcheck.RsInfo"
        let message =
            "Server failed, caused: errCode: 101, errMsg: Nacos deserialize for class [\(type)] failed, "
            + "cause error[\(reason)\(place)].  ;caused: \(reason)\(place);"
        return Refusal(status: 500, text: message, origin: .filter)
    }
}
