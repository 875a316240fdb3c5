/// Finds what a misspelt key was meant to be.
package enum Spelling {
    /// The known word nearest to `word`, where it is near enough to be meant.
    package static func nearest(to word: String, among known: [String]) -> String? {
        let plain = normalized(word)
        if let other = otherNames[String(plain)]?.first(where: known.contains) { return other }
        // `registry.user` of `--set`, too.
        if let dot = word.lastIndex(of: ".") {
            let above = word[...dot]
            let below = known.filter { $0.hasPrefix(above) }.map { String($0.dropFirst(above.count)) }
            let last = String(normalized(String(word[word.index(after: dot)...])))
            if let other = otherNames[last]?.first(where: below.contains) { return above + other }
        }
        var best: (word: String, distance: Int)?
        for candidate in known {
            let distance = distance(plain, normalized(candidate))
            guard distance <= max(1, min(3, candidate.count / 3)), distance < candidate.count else { continue }
            if let best, best.distance <= distance { continue }
            best = (candidate, distance)
        }
        return best?.word
    }

    /// What other programs call it, Nacos and its clients first; of several the first that is known where it stands.
    private static let otherNames: [String: [String]] = [
        "name": ["service"], "service-name": ["service"], "app": ["service"], "application": ["service"],
        "ip": ["address", "host"], "host": ["address", "servers"], "hostname": ["address", "host", "servers"],
        "addr": ["address", "servers"], "server": ["servers"], "server-addr": ["servers"], "url": ["servers"],
        "user": ["username"], "login": ["username"], "password": ["password-file"], "pass": ["password-file"],
        "group-name": ["group"], "namespace-id": ["namespace"], "tenant": ["namespace"], "cluster-name": ["cluster"],
        "check": ["probes"], "checks": ["probes"], "health-check": ["probes"], "healthcheck": ["probes"],
        "health": ["probes"], "tags": ["metadata"], "labels": ["metadata"], "meta": ["metadata"],
        "heartbeat": ["beat"], "heart-beat": ["beat"], "pid": ["pidfile"], "file": ["path"], "exe": ["executable"],
        "command": ["executable", "exec"], "script": ["exec"], "period": ["interval"], "every": ["interval"],
        "success-threshold": ["rise"], "failure-threshold": ["fall"], "retries": ["fall"], "dir": ["directory"],
        "folder": ["directory"], "path": ["directory"], "bind": ["address", "listen"], "persistent": ["ephemeral"],
    ]

    /// `deleteAfter`, `delete_after` and `Delete-After` are all `delete-after`.
    private static func normalized(_ word: String) -> [Character] {
        var result: [Character] = []
        for character in word.prefix(64) {
            if character == "_" {
                result.append("-")
            } else if character.isUppercase {
                if result.last?.isLowercase == true { result.append("-") }
                result += character.lowercased()
            } else {
                result.append(character)
            }
        }
        return result
    }

    /// Insertions, removals, changes and swaps of neighbours (optimal string alignment).
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var rows = [Array(0...right.count)]
        for (i, a) in left.enumerated() {
            var row = [i + 1]
            for (j, b) in right.enumerated() {
                var cost = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { cost = min(cost, rows[i - 1][j - 1] + 1) }
                row.append(cost)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
