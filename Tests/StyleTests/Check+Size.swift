extension Check {
    static let fileLength = perFile("length of files") { file in
        guard file.isSwift || file.isC, file.lines.count > 400 else { return [] }
        return [
            Finding(
                path: file.path, line: 401, subject: file.name,
                sentence:
                    "\(file.lines.count) lines; a file has at most 400: one type, one file, one sentence (style 1)")
        ]
    }

    static let functionLength = perFile("length of functions") { file in
        file.declarations.filter { $0.kind == .function && $0.lines > 70 }.map {
            Finding(
                path: file.path, line: $0.firstLine, subject: $0.name,
                sentence: "\($0.name) has \($0.lines) lines; a function has at most 70 (style 27)")
        }
    }

    /// Swift's lines are the formatter's.
    static let lineLength = perFile("length of lines") { file in
        guard file.isC || file.path.hasSuffix(".sh") else { return [] }
        return file.lines.indices.filter { file.lines[$0].count > 120 }.map {
            Finding(
                path: file.path, line: $0 + 1, subject: file.name,
                sentence: "\(file.lines[$0].count) columns; a line has at most 120")
        }
    }

    /// Above these a type is worth a look and is listed; at twice as much the check fails.
    static let worthALook = (lines: 600, properties: 12)

    /// A type's lines are those of its body and its extensions in the room, without the types inside.
    static let typeLength = Check(name: "length of types") { tree in types(in: tree, over: 2 * worthALook.lines) }

    /// The types with more lines than that.
    static func types(in tree: Tree, over limit: Int) -> [Finding] {
        struct Key: Hashable { let room: String, type: String }
        var total: [Key: (lines: Int, path: String, line: Int)] = [:]
        for file in tree.files where file.isProduct {
            for declaration in file.declarations where declaration.isType {
                let key = Key(room: file.room, type: declaration.name)
                var entry = total[key] ?? (0, file.path, declaration.firstLine)
                entry.lines += declaration.lines - declaration.linesOfInnerTypes
                if declaration.kind != .typeExtension { (entry.path, entry.line) = (file.path, declaration.firstLine) }
                total[key] = entry
            }
        }
        return total.filter { $0.value.lines > limit }.sorted { $0.key.type < $1.key.type }.map { key, entry in
            Finding(
                path: entry.path, line: entry.line, subject: key.type,
                sentence: "\(key.type) has \(entry.lines) lines with its extensions, more than \(limit)")
        }
    }

    static let storedProperties = perFile("stored properties") { types(in: $0, storingOver: 2 * worthALook.properties) }

    /// The types that store more properties than that.
    static func types(in file: SourceFile, storingOver limit: Int) -> [Finding] {
        guard file.isProduct else { return [] }
        return file.declarations.filter { $0.storedProperties.count > limit }.map {
            Finding(
                path: file.path, line: $0.firstLine, subject: $0.name,
                sentence: "\($0.name) stores \($0.storedProperties.count) properties, more than \(limit)")
        }
    }

    static let cLength = Check(name: "length of C") { tree in
        let files = tree.files.filter { $0.isProduct && $0.isC }
        let lines = files.map(\.lines.count).reduce(0, +)
        guard lines > 400, let longest = files.max(by: { $0.lines.count < $1.lines.count }) else { return [] }
        return [
            Finding(
                path: longest.path, line: 1, subject: "C",
                sentence: "\(lines) lines of C in all; at most 400 (style 33)")
        ]
    }

    static let decisionsInC = perFile("decisions in C") { file in
        guard file.isProduct, file.isC else { return [] }
        return file.code.compactMap { token in
            guard ["if", "switch", "while", "for", "goto"].contains(token.text), token.kind == .word else { return nil }
            // What the preprocessor decides is which names there are.
            if file.lines[token.line - 1].hasPrefix("#") { return nil }
            return Finding(
                path: file.path, line: token.line, subject: token.text,
                sentence: "'\(token.text)' in C: decide in Swift, where it is tested (style 33)")
        }
    }
}
