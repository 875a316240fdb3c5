/// What the registry keeps, for people: plain HTML that asks for itself again, and loads nothing from anywhere.
struct Page {
    /// Where it listens, context path and all.
    let url: String
    let options: Options

    /// How many instances are shown; beyond it only counted.
    static let rowLimit = 1000

    func html(_ services: [(ServiceKey, [Instance])], at now: Moment) -> String {
        var left = Self.rowLimit
        var sections: [String] = []
        for (key, instances) in services where left > 0 {
            sections.append(section(key, instances, limit: left, at: now))
            left -= max(1, instances.count)
        }
        let hidden = services.count - sections.count
        if hidden > 0 { sections.append("<p>And \(Self.count(hidden, "more service")).</p>") }
        if services.isEmpty { sections.append("<p class=\"quiet\">No service is registered.</p>") }
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width"><title>beatd-dev-registry</title>
            <style>\(Self.style)</style></head><body>
            <h1>beatd-dev-registry</h1>
            <p>\(apis) at <code>\(Self.escaped(url))</code>.\(moods) As of \(Timestamp(now, digits: 3)); \
            <a href="/beatd/requests">requests</a>.</p>
            <p>\(summary(services))</p>
            \(sections.joined(separator: "\n"))
            </body></html>

            """
    }

    private static let style = """
        body { font: 15px sans-serif; margin: 2em; color-scheme: light dark; }
        h2 { font-size: 1.1em; margin: 1.5em 0 .3em; } table { border-collapse: collapse; }
        th, td { text-align: left; padding: .3em .8em; border-bottom: 1px solid #8884; }
        .good { color: #080; } .bad { color: #c00; font-weight: bold; } .quiet { color: #888; font-weight: normal; }
        """

    // MARK: Above the services

    private var apis: String {
        switch options.v1 {
        case .on: "Nacos v1 and v3"
        case .off: "Nacos v3 (v1 is switched off: 410)"
        case .removed: "Nacos v3 (there is no v1: 404)"
        }
    }

    private var moods: String {
        var moods: [String] = []
        if let length = options.timing.forgetsEvery { moods.append("forgets every \(length)") }
        if options.delay > .zero { moods.append("answers \(options.delay) late") }
        if !options.rules.wrong.isEmpty {
            moods.append("breaks " + options.rules.wrong.map(\.rawValue).sorted().joined(separator: ", "))
        }
        return moods.isEmpty ? "" : " <b>It \(moods.joined(separator: ", ")).</b>"
    }

    private func summary(_ services: [(ServiceKey, [Instance])]) -> String {
        let all = services.reduce(0) { $0 + $1.1.count }
        let healthy = services.reduce(0) { $0 + $1.1.count(where: \.isHealthy) }
        return "\(Self.count(services.count, "service")), \(Self.count(all, "instance")): "
            + Self.health(healthy, of: all)
    }

    // MARK: One service

    private func section(_ key: ServiceKey, _ instances: [Instance], limit: Int, at now: Moment) -> String {
        let place = "in \(key.group), namespace \(key.namespace)"
        let healthy = instances.count(where: \.isHealthy)
        let state = instances.isEmpty ? "no instance" : Self.health(healthy, of: instances.count)
        let title =
            "<h2>\(Self.escaped(key.name)) <span class=\"quiet\">\(Self.escaped(place))</span> \(state)</h2>"
        guard !instances.isEmpty else { return title }
        let rows = instances.prefix(limit).map { row($0, at: now) }.joined(separator: "\n")
        let hidden = instances.count - min(limit, instances.count)
        let more = hidden > 0 ? "\n<p>And \(Self.count(hidden, "more instance")).</p>" : ""
        return "\(title)\n<table><tr>\(Self.head)</tr>\n\(rows)\n</table>\(more)"
    }

    private static let head = ["Address", "State", "Last beat", "API", "Cluster", "Weight", "Metadata"]
        .map { "<th>\($0)</th>" }.joined()

    private func row(_ instance: Instance, at now: Moment) -> String {
        let metadata = instance.metadata.entries.map { "\($0.key)=\($0.value ?? "null")" }.joined(separator: ", ")
        let state = instance.isHealthy ? "<span class=\"good\">healthy</span>" : "<span class=\"bad\">unhealthy</span>"
        let kind = [instance.isEnabled ? "" : ", disabled", instance.isEphemeral ? "" : ", persistent"].joined()
        // What is persistent doesn't beat.
        let age = instance.isEphemeral ? Self.seconds(now - instance.lastBeat) + " s ago" : "–"
        let cells = [
            Self.escaped("\(instance.ip):\(instance.port)"), state + kind, age, instance.api.rawValue,
            Self.escaped(instance.cluster), "\(instance.weight)", Self.escaped(metadata),
        ]
        return "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
    }

    // MARK: Words

    private static func health(_ healthy: Int, of all: Int) -> String {
        let bad = all - healthy
        let unhealthy = bad == 0 ? "" : ", <span class=\"bad\">\(bad) unhealthy</span>"
        return "<span class=\"good\">\(healthy) healthy</span>\(unhealthy)"
    }

    private static func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }

    /// With one digit after the point.
    private static func seconds(_ length: Duration) -> String {
        let tenths = length.nanoseconds / 100_000_000
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func escaped(_ text: String) -> String {
        // By scalars: a mark that combines with one of these must not hide it.
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
