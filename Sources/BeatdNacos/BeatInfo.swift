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

/// JSON as it is written to a registry (RFC 8259).
enum JSONText {
    static func object(_ pairs: [String: String]) -> String {
        let members = pairs.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
        return "{" + members.joined(separator: ",") + "}"
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
