import FoundationEssentials

/// The files that style is about: the package on disk, or a sample in a test.
struct Tree: Sendable {
    let files: [SourceFile]

    init(_ texts: [String: String]) {
        files = texts.sorted { $0.key < $1.key }.map { SourceFile(path: $0.key, text: $0.value) }
    }

    /// The package that holds this test.
    static let package = Tree(root: packageRoot)

    /// What lies at the root, but for what begins with a dot.
    static var packageRootNames: Set<String> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: packageRoot)) ?? []
        return Set(names.filter { !$0.hasPrefix(".") })
    }

    private static var packageRoot: String {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }

    private static let folders = ["Sources", "Tests", "scripts", "etc", "packaging", ".ci"]
    private static let loose = ["Package.swift", "Makefile", "README.md", "CHANGELOG.md"]

    private init(root: String) {
        let manager = FileManager.default
        let inside = Self.folders.flatMap { folder in
            ((try? manager.subpathsOfDirectory(atPath: root + "/" + folder)) ?? []).map { folder + "/" + $0 }
        }
        var texts: [String: String] = [:]
        for path in inside + Self.loose {
            // Folders have no contents, and golden bytes no text.
            guard let data = manager.contents(atPath: root + "/" + path),
                let text = String(validating: data, as: UTF8.self)
            else { continue }
            texts[path] = text
        }
        self.init(texts)
    }
}
