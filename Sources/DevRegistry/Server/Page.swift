/// A plain page that lists the instances, for people.
enum Page {
    static func html(_ services: [(ServiceKey, [Instance])], url: String, at now: Moment) -> String {
        let rows = services.flatMap { key, instances in
            instances.map { row(key, $0, at: now) }
        }
        let empty = "<tr><td colspan=\"9\">No instance.</td></tr>"
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
            <title>beatd-dev-registry</title>
            <style>
            body { font: 15px sans-serif; margin: 2em; } table { border-collapse: collapse; }
            th, td { text-align: left; padding: .3em .8em; border-bottom: 1px solid #ddd; }
            .bad { color: #b00; }
            </style></head><body>
            <h1>beatd-dev-registry</h1>
            <p>Nacos v1 at <code>\(escaped(url))</code>. Requests: <a href="/beatd/requests">/beatd/requests</a></p>
            <table><tr>\(head)</tr>
            \(rows.isEmpty ? empty : rows.joined(separator: "\n"))
            </table></body></html>

            """
    }

    private static let head = [
        "Namespace", "Group", "Service", "Cluster", "Address", "Weight", "State", "Last beat", "Metadata",
    ].map { "<th>\($0)</th>" }.joined()

    private static func row(_ key: ServiceKey, _ instance: Instance, at now: Moment) -> String {
        let state = instance.isHealthy ? "healthy" : "<span class=\"bad\">unhealthy</span>"
        let kind = [instance.isEnabled ? "" : ", disabled", instance.isEphemeral ? "" : ", persistent"].joined()
        let tenths = (now - instance.lastBeat).nanoseconds / 100_000_000
        let metadata = instance.metadata.entries.map { "\($0.key)=\($0.value ?? "null")" }.joined(separator: ", ")
        let texts = [
            key.namespace, key.group, key.name, instance.cluster, "\(instance.ip):\(instance.port)",
            "\(instance.weight)",
        ].map(escaped)
        let cells = texts + [state + kind, "\(tenths / 10).\(tenths % 10) s ago", escaped(metadata)]
        return "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }
}
