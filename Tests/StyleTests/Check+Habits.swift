extension Check {
    /// Written in two pieces, so that this file has none.
    private static let marks = ["FIX" + "ME", "TO" + "DO", "X" + "XX"]

    static let openEnds = perFile("open ends") { file in
        file.lines.indices.flatMap { line in
            marks.filter { contains($0, in: file.lines[line]) }.map {
                Finding(
                    path: file.path, line: line + 1, subject: $0,
                    sentence: "'\($0)': do it, or make it an issue (style 33)")
            }
        }
    }

    /// Whether a word stands there, with no letter before or behind.
    private static func contains(_ word: String, in line: Substring) -> Bool {
        line.split { !$0.isLetter }.contains { $0 == word }
    }

    static let emptyNames = perFile("names that say nothing") { file in
        file.declarations.filter { $0.isType && $0.kind != .typeExtension }.compactMap { declaration in
            let name = declaration.name.split(separator: ".").last.map(String.init) ?? declaration.name
            guard let ending = ["Manager", "Helper", "Helpers", "Util", "Utils", "Impl"].first(where: name.hasSuffix)
            else { return nil }
            return Finding(
                path: file.path, line: declaration.firstLine, subject: name,
                sentence: "\(name): '\(ending)' says nothing; name what it is for (style 2)")
        }
    }

    /// A test asserts by itself, or through a function of its target or of TestSupport that does.
    static let testsWithoutAssertion = Check(name: "tests without an assertion") { tree in
        let rooms = Dictionary(grouping: tree.files.filter { $0.isTest && $0.isSwift }, by: \.room)
        return rooms.keys.sorted().flatMap { room in
            let files = rooms[room] ?? []
            let asserting = assertingFunctions(in: files + (rooms["TestSupport"] ?? []))
            return files.flatMap { file in
                file.declarations.filter {
                    $0.attributes.contains("Test") && !asserts($0, in: file, through: asserting)
                }.map {
                    Finding(
                        path: file.path, line: $0.firstLine, subject: $0.name,
                        sentence: "\($0.name) asserts nothing: what would make it fail? (style 31)")
                }
            }
        }
    }

    private static func asserts(_ declaration: Declaration, in file: SourceFile, through functions: Set<String>) -> Bool
    {
        declaration.body.contains { index in
            let token = file.code[index]
            if token.is("expect") || token.is("require") { return index > 0 && file.code[index - 1].is("#") }
            return token.is("Issue") || token.is("confirmation") || token.is("withKnownIssue")
                || token.kind != .symbol && functions.contains(token.text)
        }
    }

    private static func assertingFunctions(in files: [SourceFile]) -> Set<String> {
        var known: Set<String> = []
        while true {
            var more = known
            for file in files {
                for declaration in file.declarations
                where declaration.kind == .function && !declaration.attributes.contains("Test")
                    && asserts(declaration, in: file, through: known)
                {
                    let parts = declaration.name.split(separator: ".")
                    guard let name = parts.last, name != "init" else {
                        if parts.count > 1 { more.insert(String(parts[parts.count - 2])) }
                        continue
                    }
                    more.insert(String(name))
                }
            }
            guard more != known else { return known }
            known = more
        }
    }

    /// A type with a file of its own says in a sentence what it is for.
    static let undocumented = perFile("types without a sentence") { file in
        guard file.isProduct, file.isSwift else { return [] }
        let commented = Set(file.tokens.filter { $0.kind == .comment && $0.text.hasPrefix("///") }.map(\.line))
        return file.declarations.filter { $0.isType && $0.kind != .typeExtension && !$0.name.contains(".") }.compactMap
        {
            declaration in
            var line = declaration.firstLine - 1
            // Attributes may stand on lines of their own in between.
            while line > 0, file.lines[line - 1].drop(while: { $0 == " " }).hasPrefix("@") { line -= 1 }
            guard !commented.contains(line), !file.lines[declaration.firstLine - 1].contains("private") else {
                return nil
            }
            return Finding(
                path: file.path, line: declaration.firstLine, subject: declaration.name,
                sentence: "\(declaration.name) needs a doc comment: one sentence that says what it is for (style 1)")
        }
    }
}
