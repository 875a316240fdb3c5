import Testing

@Suite struct LexerTests {
    private func words(_ source: String) -> [String] {
        Lexer.tokens(of: source).filter { $0.kind == .word }.map(\.text)
    }

    @Test func `a word in a comment is not code`() {
        #expect(words("let a // async\n/* Task /* await */ actor */ let b /// public\n") == ["let", "a", "let", "b"])
    }

    @Test func `a word in a string is not code, what it interpolates is`() {
        #expect(words(#"let a = "async \(await("b", "Task \(actor)")) public""#) == ["let", "a", "await", "actor"])
    }

    @Test func `an escaped quotation mark does not end a string`() {
        #expect(words(#"f("a \" async \\") + b"#) == ["f", "b"])
    }

    @Test func `a raw string interpolates with its own marks only`() {
        #expect(words(##"f(#"\(async) "Task" \#(await)"#) + b"##) == ["f", "await", "b"])
    }

    @Test func `a string of several lines may hold quotation marks`() {
        #expect(words("f(\"\"\"\n  say \"async\" \\(x)\n  \"\"\") + b") == ["f", "x", "b"])
    }

    @Test func `an empty string is one`() {
        #expect(words(#"f("", "", async)"#) == ["f", "async"])
    }

    @Test func `a name in backticks is no keyword`() {
        let tokens = Lexer.tokens(of: "func `a Task is async`() {}")
        #expect(tokens.map(\.kind) == [.word, .quoted, .symbol, .symbol, .symbol, .symbol])
    }

    @Test func `lines are counted through comments and strings`() {
        let tokens = Lexer.tokens(of: "a\n/* b\n */ c\n\"\"\"\n d\n\"\"\" + e\n")
        #expect(tokens.filter { $0.kind == .word }.map(\.line) == [1, 3, 6])
    }

    @Test func `an operator ends where a comment begins`() {
        #expect(words("let a = b +// async\n-c") == ["let", "a", "b", "c"])
        #expect(Lexer.tokens(of: "try! f() != g").filter { $0.kind == .symbol }.map(\.text) == ["!", "(", ")", "!="])
    }

    @Test(arguments: ["\"", "\"\"\"", "`", "/*", "#\"", "\"\\", "\"\\(", "#", "\"\\(\"", "a\u{0}é"])
    func `what never ends is read to its end`(source: String) {
        #expect(Lexer.tokens(of: source).count <= 3)
    }
}
