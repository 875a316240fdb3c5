/// One file of the tree: its text, and for Swift also what it is made of.
struct SourceFile: Sendable {
    /// From the package's root, with slashes.
    let path: String
    let text: String
    let lines: [Substring]
    /// Comments and strings too.
    let tokens: [Token]
    /// Without comments and strings.
    let code: [Token]
    let declarations: [Declaration]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
        tokens = path.hasSuffix(".swift") || path.hasSuffix(".c") || path.hasSuffix(".h") ? Lexer.tokens(of: text) : []
        code = tokens.filter { $0.kind != .comment && $0.kind != .text }
        declarations = path.hasSuffix(".swift") ? DeclarationParser.declarations(in: code) : []
    }

    var isSwift: Bool { path.hasSuffix(".swift") }
    var isC: Bool { path.hasSuffix(".c") || path.hasSuffix(".h") }
    var isProduct: Bool { path.hasPrefix("Sources/") }
    var isTest: Bool { path.hasPrefix("Tests/") }

    /// The target it belongs to, by its folder.
    var room: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// What it imports, and with which words in front.
    var imports: [(module: String, line: Int, access: String?)] {
        code.indices.compactMap { index in
            guard code[index].is("import"), let module = code[safe: index + 1], module.line == code[index].line else {
                return nil
            }
            let before = index > 0 && code[index - 1].line == code[index].line ? code[index - 1].text : nil
            return (module.text, code[index].line, before)
        }
    }
}
