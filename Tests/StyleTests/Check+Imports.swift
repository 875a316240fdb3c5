extension Check {
    /// What each room may import, where design.md 2 draws a wall; a room that is not here is not bounded by this table.
    private static let walls: [String: Set<String>] = {
        let ground: Set = ["Linux", "Log", "Systemd", "HTTPClient", "HTTPServer", "YAML"]
        let library: Set = ["Glibc", "FoundationEssentials"]
        return [
            "BeatdCore": [],
            "Predicates": [],
            "Log": ["FoundationEssentials"],
            "Linux": ["CLinux", "Glibc"],
            "Systemd": ["CSystemd", "CLinux", "Linux", "Glibc"],
            "HTTPClient": ["CCurl", "Linux", "Systemd", "Glibc"],
            "HTTPServer": ["CMicroHTTPD", "Linux", "Systemd", "Glibc"],
            "YAML": ["CYAML", "Glibc"],
            "BeatdNacos": ["BeatdCore", "HTTPClient", "Systemd", "Log", "FoundationEssentials"],
            "BeatdHost": ["BeatdCore", "YAML", "Linux", "Systemd", "Log", "FoundationEssentials"],
            "BeatdSystemd": ["BeatdCore", "Systemd", "Linux", "Log", "FoundationEssentials"],
            "BeatdDaemon": ground.union([
                "BeatdCore", "BeatdNacos", "BeatdHost", "BeatdSystemd", "FoundationEssentials",
            ]),
            "beatd": ["BeatdDaemon", "Linux"],
            "DevRegistry": ground.union(library).subtracting(["Glibc"]),
            "beatd-dev-registry": ["DevRegistry", "Linux"],
            "Simulation": ["BeatdCore", "BeatdNacos", "Predicates", "FoundationEssentials"],
            "beatd-simulate": ["Simulation", "Predicates", "Linux"],
        ]
    }()

    private static let insteadOf = [
        "Foundation": "FoundationEssentials: its ICU is 45 MB (design 6)",
        "Dispatch": "the loop (style 9)",
        "Synchronization": "the loop: nothing is shared (style 9)",
        "Glibc": "the face Linux (design 2)",
    ]

    static let imports = perFile("imports") { file in
        guard file.isSwift else { return [] }
        return file.imports.compactMap { module, line, _ in
            let allowed = file.isProduct ? walls[file.room] : nil
            let isWall = allowed.map { !$0.contains(module) } ?? false
            let isBanned = module == "Foundation" || file.isProduct && ["Dispatch", "Synchronization"].contains(module)
            guard isWall || isBanned else { return nil }
            let instead =
                insteadOf[module].map { "; take \($0)" } ?? "; a target exists because it forbids something (design 2)"
            return Finding(
                path: file.path, line: line, subject: module,
                sentence: "\(file.room) may not import \(module)\(instead)")
        }
    }

    /// The one face of each C library, and the library that two faces share.
    private static let owners: [String: Set<String>] = [
        "CSystemd": ["Systemd"], "CCurl": ["HTTPClient"], "CMicroHTTPD": ["HTTPServer"], "CYAML": ["YAML"],
        "CLinux": ["Linux", "Systemd"],
    ]

    static let cModules = perFile("C modules") { file in
        guard file.isSwift else { return [] }
        return file.imports.compactMap { module, line, access in
            guard let owners = owners[module] else { return nil }
            if !file.isProduct || !owners.contains(file.room) {
                return Finding(
                    path: file.path, line: line, subject: module,
                    sentence: "\(module) belongs to \(owners.sorted().joined(separator: " and ")) alone (style 16)")
            }
            guard let access, access != "internal" else { return nil }
            return Finding(
                path: file.path, line: line, subject: module,
                sentence: "'\(access) import \(module)': import it plainly, so that nothing C-shaped leaves (style 16)")
        }
    }
}
