import Testing

/// A text that breaks a rule at a line, and nearly the same text that keeps it.
struct Sample: Sendable, CustomTestStringConvertible {
    let check: Check
    var path = "Sources/BeatdCore/Sample.swift"
    let bad: String
    var line = 1
    let good: String

    var testDescription: String { "\(check.name): \(String(bad.prefix(60)).debugDescription)" }
}

@Suite struct CheckTests {
    @Test(arguments: Sample.all)
    func `a check catches what breaks its rule`(sample: Sample) {
        let findings = sample.check.findings(in: Tree([sample.path: sample.bad]))
        #expect(findings.map(\.line) == [sample.line])
        #expect(findings.map(\.path) == [sample.path])
    }

    @Test(arguments: Sample.all)
    func `a check leaves alone what keeps its rule`(sample: Sample) {
        #expect(sample.check.findings(in: Tree([sample.path: sample.good])) == [])
    }

    @Test func `every check has a sample, and a name of its own`() {
        #expect(Set(Sample.all.map(\.check.name)) == Set(Check.all.map(\.name)))
        #expect(Set(Check.all.map(\.name)).count == Check.all.count)
    }

    @Test func `an exception excuses its subject in its file, and nothing else`() {
        let tree = Tree(["Sources/A/A.swift": "await async", "Sources/A/B.swift": "await"])
        let exception = Exception(
            check: "banned words", path: "Sources/A/A.swift", subject: "await", reason: "a reason that is long enough")
        let left = Check.bannedWords.findings(in: tree, besides: [exception])
        #expect(left.map(\.subject) == ["async", "await"])
        #expect(left.map(\.path) == ["Sources/A/A.swift", "Sources/A/B.swift"])
    }

    @Test func `a type's lines are counted over its files, without the types inside`() {
        let lines = String(repeating: "\n", count: 590)
        let texts = [
            "Sources/A/T.swift": "struct T {\(lines)}", "Sources/A/T+More.swift": "extension T {\(lines)}",
            "Sources/A/T+Inner.swift": "extension T { struct Inner {\(lines)} }",
            "Sources/B/T.swift": "struct T {\(lines)}",
        ]
        #expect(Check.typeLength.findings(in: Tree(texts)) == [])
        let more = texts.merging(["Sources/A/T+Last.swift": "extension T {\(lines)}"]) { $1 }
        #expect(Check.typeLength.findings(in: Tree(more)).map(\.path) == ["Sources/A/T.swift"])
    }

    @Test func `an assertion may stand in a function that the test calls`() {
        let test = "struct S { @Test func t() { passes(1) } }"
        let helper = "func passes(_ x: Int) { deeper(x) }\nfunc deeper(_ x: Int) { #expect(x == 1) }"
        let path = "Tests/ATests/S.swift"
        #expect(Check.testsWithoutAssertion.findings(in: Tree([path: test])).map(\.subject) == ["S.t"])
        #expect(Check.testsWithoutAssertion.findings(in: Tree([path: test, "Tests/ATests/H.swift": helper])) == [])
        #expect(
            Check.testsWithoutAssertion.findings(in: Tree([path: test, "Tests/TestSupport/H.swift": helper])) == [])
        #expect(
            Check.testsWithoutAssertion.findings(in: Tree([path: test, "Tests/BTests/H.swift": helper])).count == 1)
    }
}
