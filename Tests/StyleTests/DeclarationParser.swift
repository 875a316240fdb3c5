/// Finds types, extensions and functions in a file's code, without knowing more of Swift than brackets and a few words.
struct DeclarationParser {
    private let code: [Token]
    private var found: [Declaration] = []
    /// For each open brace: which of `found` it is the body of, if any.
    private var open: [Int?] = []
    /// Where the body of a declaration begins, by the index of its brace.
    private var bodies: [Int: Int] = [:]

    static func declarations(in code: [Token]) -> [Declaration] {
        var parser = DeclarationParser(code: code)
        parser.parse()
        return parser.found
    }

    private init(code: [Token]) {
        self.code = code
    }

    private mutating func parse() {
        for index in code.indices {
            let token = code[index]
            switch token.kind {
            case .symbol where token.text == "{":
                open.append(bodies[index])
            case .symbol where token.text == "}":
                close(at: index)
            case .word:
                word(at: index)
            case .symbol, .quoted, .number, .text, .comment:
                break
            }
        }
    }

    private mutating func close(at index: Int) {
        guard let last = open.popLast(), let closed = last else { return }
        found[closed].lastLine = code[index].line
        found[closed].body = found[closed].body.lowerBound..<index
        guard found[closed].isType, let outer = enclosingType else { return }
        found[outer].linesOfInnerTypes += found[closed].lines
    }

    private var enclosingType: Int? {
        open.last.flatMap { $0 }.flatMap { found[$0].isType ? $0 : nil }
    }

    private mutating func word(at index: Int) {
        let before = index > 0 ? code[index - 1] : nil
        guard before?.is(".") != true, let next = code[safe: index + 1] else { return }
        switch code[index].text {
        case "struct": type(.structure, at: index)
        case "class" where !["func", "var", "let", "subscript"].contains(next.text) && before?.is(":") != true:
            type(.classOrActor, at: index)
        case "actor" where next.kind == .word: type(.classOrActor, at: index)
        case "enum": type(.enumeration, at: index)
        case "protocol": type(.protocolType, at: index)
        case "extension": type(.typeExtension, at: index)
        case "func": function(named: next.text, at: index)
        case "init" where enclosingType != nil, "deinit" where enclosingType != nil,
            "subscript" where enclosingType != nil:
            function(named: code[index].text, at: index)
        case "let" where enclosingType != nil, "var" where enclosingType != nil: property(at: index)
        default: break
        }
    }

    // MARK: Types

    private mutating func type(_ kind: Declaration.Kind, at index: Int) {
        guard let first = code[safe: index + 1], first.kind == .word || first.kind == .quoted else { return }
        var name = first.text
        var next = index + 2
        while code[safe: next]?.is(".") == true, let part = code[safe: next + 1] {
            name += "." + part.text
            next += 2
        }
        guard let brace = brace(from: next) else { return }
        let outer = open.compactMap { $0 }.last.map { found[$0].name + "." } ?? ""
        begin(kind, named: outer + name, at: index, brace: brace)
    }

    private mutating func begin(_ kind: Declaration.Kind, named name: String, at index: Int, brace: Int) {
        let (attributes, _) = prefix(of: index)
        bodies[brace] = found.count
        found.append(
            Declaration(
                kind: kind, name: name, firstLine: code[index].line, lastLine: code[index].line, body: brace..<brace,
                attributes: attributes))
    }

    // MARK: Members

    private mutating func function(named name: String, at index: Int) {
        let outer = open.compactMap { $0 }.last { found[$0].isType }
        if let outer, found[outer].kind == .protocolType { return }
        guard let brace = brace(from: index + 1) else { return }
        begin(.function, named: (outer.map { found[$0].name + "." } ?? "") + name, at: index, brace: brace)
    }

    /// A `let` or `var` at the level of members: stored, unless a body computes it.
    private mutating func property(at index: Int) {
        guard let owner = enclosingType, found[owner].kind != .protocolType, let name = code[safe: index + 1] else {
            return
        }
        let (_, modifiers) = prefix(of: index)
        let isStatic = modifiers.contains("static") || modifiers.contains("class")
        var depth = 0
        var next = index + 2
        var names = [name.text]
        search: while let token = code[safe: next] {
            switch token.text {
            case _ where token.kind == .text: break
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case ",":
                if depth == 0, let more = code[safe: next + 1] { names.append(more.text) }
            case "=" where depth == 0, "}" where depth == 0: break search
            case "{" where depth == 0:
                let first = code[safe: next + 1]?.text
                if first == "willSet" || first == "didSet" { break search }
                begin(.function, named: found[owner].name + "." + name.text, at: index, brace: next)
                return
            case _ where depth == 0 && token.kind == .word && Self.startsDeclaration.contains(token.text): break search
            case "@" where depth == 0 && token.line > code[next - 1].line: break search
            default: break
            }
            next += 1
        }
        if !isStatic { found[owner].storedProperties += names }
    }

    private static let startsDeclaration: Set = [
        "let", "var", "func", "init", "deinit", "subscript", "struct", "class", "enum", "extension", "typealias",
        "case",
        "static", "private", "package", "fileprivate", "internal", "public", "lazy", "weak", "unowned", "mutating",
        "consuming", "borrowing", "nonisolated", "override", "final", "indirect",
    ]

    // MARK: Around a declaration

    /// The attributes and modifiers that stand before a declaration's keyword.
    private func prefix(of index: Int) -> (attributes: [String], modifiers: [String]) {
        var attributes: [String] = []
        var modifiers: [String] = []
        var at = index - 1
        while at >= 0 {
            if code[at].is(")") {
                var depth = 0
                repeat {
                    depth += code[at].is(")") ? 1 : code[at].is("(") ? -1 : 0
                    at -= 1
                } while at >= 0 && depth > 0
                continue
            }
            guard code[at].kind == .word else { break }
            if at > 0, code[at - 1].is("@") {
                attributes.append(code[at].text)
                at -= 2
            } else if Self.modifiers.contains(code[at].text) {
                modifiers.append(code[at].text)
                at -= 1
            } else {
                break
            }
        }
        return (attributes, modifiers)
    }

    private static let modifiers: Set = [
        "private", "fileprivate", "internal", "package", "public", "open", "static", "class", "final", "lazy", "weak",
        "unowned", "mutating", "nonmutating", "consuming", "borrowing", "override", "required", "convenience",
        "indirect",
        "nonisolated",
    ]

    /// The brace that opens the body of what begins here, outside of all parentheses.
    private func brace(from index: Int) -> Int? {
        var depth = 0
        var at = index
        while let token = code[safe: at] {
            if token.kind == .symbol {
                switch token.text {
                case "(", "[": depth += 1
                case ")", "]": depth -= 1
                case "{" where depth == 0: return at
                case "}" where depth <= 0: return nil
                default: break
                }
            }
            at += 1
        }
        return nil
    }
}

extension Array {
    /// The element there, or nil outside.
    subscript(safe index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}
