import Testing

/// One rule of style, and how to find what breaks it.
struct Check: Sendable, CustomTestStringConvertible {
    let name: String
    let find: @Sendable (Tree) -> [Finding]

    var testDescription: String { name }

    /// What breaks the rule in a tree and has no exception.
    func findings(in tree: Tree, besides exceptions: [Exception] = []) -> [Finding] {
        find(tree).filter { finding in !exceptions.contains { $0.excuses(finding, of: name) } }
    }

    /// A rule that looks at one file at a time.
    static func perFile(_ name: String, _ find: @escaping @Sendable (SourceFile) -> [Finding]) -> Check {
        Check(name: name) { tree in tree.files.flatMap(find) }
    }

    static let all: [Check] =
        [.bannedWords, .bannedPhrases, .sleepsInTests, .unsafeOutsideFaces]
        + [.fileLength, .functionLength, .typeLength, .storedProperties, .lineLength, .cLength, .decisionsInC]
        + [.imports, .cModules]
        + [.openEnds, .emptyNames, .testsWithoutAssertion, .undocumented]
}
