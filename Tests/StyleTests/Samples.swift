extension Sample {
    /// At least one for each check: what it is there to catch.
    static let all: [Sample] = words + sizes + walls + habits

    private static func lines(_ count: Int) -> String { String(repeating: "\n", count: count) }

    private static let words: [Sample] = [
        Sample(
            check: .bannedWords, bad: "func f() {\n    Task { g() }\n}", line: 2,
            good: "func f() { BeatTask() } // Task"),
        Sample(check: .bannedWords, bad: "actor Heart {}", good: "struct Heart { let actor_ = \"actor\" }"),
        Sample(check: .bannedWords, bad: "func f() async {}", good: "/// async\nfunc f() {}"),
        Sample(
            check: .bannedWords, bad: "withTaskGroup(of: Int.self) { _ in }", good: "withTasks(of: Int.self) { _ in }"),
        Sample(check: .bannedWords, bad: "DispatchQueue.main", good: "dispatch(main)"),
        Sample(check: .bannedWords, bad: "let lock = Mutex(0)", good: "let mutex = 0"),
        Sample(check: .bannedWords, bad: "Thread()", good: "thread()"),
        Sample(check: .bannedWords, bad: "pthread_create(&t, nil, f, nil)", good: "worker.run(f)"),
        Sample(check: .bannedWords, bad: "fatalError()", good: "preconditionFailure(\"a sentence\")"),
        Sample(check: .bannedWords, bad: "public struct S {}", good: "package struct S {}"),
        Sample(check: .bannedWords, bad: "open class C {}", good: "open(path)"),
        Sample(check: .bannedWords, bad: "sleep(1)", good: "arm(at: .seconds(1))"),
        Sample(check: .bannedPhrases, bad: "let a = try! f()", good: "let a = try f() != g"),
        Sample(check: .bannedPhrases, bad: "final class C: @unchecked Sendable {}", good: "struct C: Sendable {}"),
        Sample(check: .bannedPhrases, bad: "nonisolated(unsafe) var a = 1", good: "let a = unsafe(1)"),
        Sample(check: .sleepsInTests, path: "Tests/ATests/A.swift", bad: "usleep(10)", good: "turn(until: { done })"),
        Sample(check: .unsafeOutsideFaces, bad: "let a = unsafe f()", good: "let a = f() // unsafe"),
        Sample(check: .unsafeOutsideFaces, bad: "@safe struct S {}", good: "struct S { var safe = 1 }"),
    ]

    private static let sizes: [Sample] = [
        Sample(check: .fileLength, bad: lines(401), line: 401, good: lines(400)),
        Sample(check: .fileLength, path: "Tests/ATests/A.swift", bad: lines(401), line: 401, good: lines(400)),
        Sample(check: .functionLength, bad: "\nfunc f() {\(lines(70))}", line: 2, good: "\nfunc f() {\(lines(69))}"),
        Sample(
            check: .functionLength, bad: "struct S { var x: Int {\(lines(70))} }",
            good: "struct S { let x = {\(lines(70))}() }"),
        Sample(check: .typeLength, bad: "struct S {\(lines(1200))}", good: "struct S {\(lines(1199))}"),
        Sample(
            check: .storedProperties,
            bad: "struct S {\n" + (0..<25).map { "    let p\($0): Int\n" }.joined() + "}",
            good: "struct S {\n" + (0..<24).map { "    let p\($0): Int\n" }.joined() + "    var q: Int { 1 }\n}"),
        Sample(
            check: .lineLength, path: "Sources/CLinux/CLinux.h", bad: "\n" + String(repeating: "a", count: 121),
            line: 2,
            good: String(repeating: "é", count: 120)),
        Sample(
            check: .lineLength, path: "scripts/a.sh", bad: String(repeating: "a", count: 121),
            good: String(repeating: "a", count: 120)),
        Sample(check: .cLength, path: "Sources/CLinux/CLinux.c", bad: lines(401), good: lines(400)),
        Sample(
            check: .decisionsInC, path: "Sources/CLinux/CLinux.h", bad: "int f(int a) { if (a) return 1; return 0; }",
            good: "#include <net/if.h>\n#if defined(A) // if\nint f(int a) { return g(a); }\n#endif"),
    ]

    private static let walls: [Sample] = [
        Sample(check: .imports, bad: "import FoundationEssentials", good: "struct S {} // import Foundation"),
        Sample(
            check: .imports, path: "Sources/DevRegistry/A.swift", bad: "import BeatdNacos", good: "import HTTPServer"),
        Sample(check: .imports, path: "Sources/Predicates/A.swift", bad: "import BeatdCore", good: "struct S {}"),
        Sample(check: .imports, path: "Sources/BeatdNacos/A.swift", bad: "import BeatdHost", good: "import BeatdCore"),
        Sample(check: .imports, path: "Sources/BeatdHost/A.swift", bad: "import BeatdSystemd", good: "import Linux"),
        Sample(check: .imports, path: "Sources/BeatdSystemd/A.swift", bad: "import BeatdNacos", good: "import Systemd"),
        Sample(check: .imports, path: "Sources/Systemd/A.swift", bad: "import BeatdCore", good: "import CSystemd"),
        Sample(
            check: .imports, path: "Sources/BeatdDaemon/A.swift", bad: "import Log\nimport Glibc", line: 2,
            good: "import Linux\nimport FoundationEssentials"),
        Sample(
            check: .imports, path: "Tests/ATests/A.swift", bad: "import Foundation", good: "import FoundationEssentials"
        ),
        Sample(check: .cModules, path: "Sources/BeatdNacos/A.swift", bad: "import CCurl", good: "import HTTPClient"),
        Sample(check: .cModules, path: "Sources/HTTPClient/A.swift", bad: "package import CCurl", good: "import CCurl"),
        Sample(check: .cModules, path: "Tests/GroundTests/A.swift", bad: "import CYAML", good: "import YAML"),
    ]

    private static let habits: [Sample] = [
        Sample(check: .openEnds, bad: "// FIX" + "ME: later", good: "// fixme is a word like others"),
        Sample(check: .openEnds, path: "README.md", bad: "\nTO" + "DO", line: 2, good: "TO" + "DOs"),
        Sample(
            check: .emptyNames, bad: "struct S {\n    final class ThingManager {}\n}", line: 2,
            good: "struct Managerial {}"),
        Sample(
            check: .testsWithoutAssertion, path: "Tests/ATests/A.swift",
            bad: "@Test\nfunc `it works`() { run() }", line: 2,
            good: "@Test func `it works`() { #expect(run()) }\n@Test func f() throws { try #require(x) }\nfunc g() {}"),
        Sample(
            check: .undocumented, bad: "/// Something else.\nstruct A {}\n\nstruct B {}", line: 4,
            good: "/// A sentence.\n@main\nstruct A {\n    struct Inner {}\n}\nprivate struct B {}\nextension A {}"),
    ]
}
