import Linux

/// The sources of DevRegistry as one text.
enum SourceText {
    static func ofDevRegistry(_ file: String = #filePath) throws -> String {
        let root = file.split(separator: "/").dropLast(3).joined(separator: "/")
        return try text(in: "/\(root)/Sources/DevRegistry")
    }

    private static func text(in path: String) throws -> String {
        let folder = try Files.openFolder(path)
        return try Files.names(in: folder).map { name in
            guard name.hasSuffix(".swift") else { return try text(in: "\(path)/\(name)") }
            return String(decoding: try Files.read(Files.open("\(path)/\(name)"), limit: 1 << 20), as: UTF8.self)
        }.joined()
    }
}

extension String {
    func components(cutAt separator: String) -> [Substring] {
        var rest = self[...]
        var parts: [Substring] = []
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
