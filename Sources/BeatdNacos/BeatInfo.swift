import BeatdCore

/// What a full beat tells the registry: enough to create the instance (Nacos `BeatInfo`, nacos-protocol.md 1.3).
struct BeatInfo {
    let instance: Instance
    /// Milliseconds between two beats.
    let period: Int64

    /// The service is grouped: 2.x loses beats whose JSON names it without its group, or not at all (8.5).
    var json: String {
        let identity = instance.identity
        return "{\"port\":\(identity.port),\"ip\":\(JSONText.quoted(identity.ip)),\"weight\":\(instance.weight),"
            + "\"serviceName\":\(JSONText.quoted(identity.service.groupedName)),"
            + "\"cluster\":\(JSONText.quoted(instance.cluster)),\"metadata\":\(JSONText.object(instance.metadata)),"
            + "\"scheduled\":false,\"period\":\(period),\"stopped\":false}"
    }
}
