import Testing

@Suite struct StyleTests {
    @Test(arguments: Check.all)
    func `the tree keeps the rule`(check: Check) {
        for finding in check.findings(in: .package, besides: Exception.all) {
            Issue.record("\(finding)")
        }
    }

    @Test func `the tree is read whole`() {
        let rooms = Set(Tree.package.files.filter(\.isSwift).map(\.room))
        #expect(rooms.isSuperset(of: ["BeatdCore", "BeatdNacos", "Linux", "Systemd", "Predicates", "StyleTests"]))
        #expect(Tree.package.files.contains { $0.path == "Makefile" })
    }

    /// A stray file at the root is seen before it is committed; what begins with a dot is a tool's.
    @Test func `the root folder holds what belongs there, and nothing else`() {
        let known: Set = [
            "Benchmarks", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "Package.swift", "README.md",
            "SECURITY.md", "Sources", "Tests", "docs", "etc", "packaging", "scripts",
        ]
        #expect(Tree.packageRootNames.subtracting(known) == [])
    }

    /// Prints and fails nothing: long types are places to look, and become a fault at twice as much.
    @Test func `types that are worth a look are listed`() {
        let limits = Check.worthALook
        let long = Check.types(in: .package, over: limits.lines)
        let wide = Tree.package.files.flatMap { Check.types(in: $0, storingOver: limits.properties) }
        for finding in long + wide { print("worth a look: \(finding)") }
        #expect(Check.types(in: .package, over: 0).count > 100)
    }

    @Test func `each exception excuses something and says why`() {
        for exception in Exception.all {
            let check = Check.all.first { $0.name == exception.check }
            let found = check?.find(.package).contains { exception.excuses($0, of: exception.check) } ?? false
            #expect(found, "\(exception.path), \(exception.check): not needed any more")
            #expect(exception.reason.count > 20, "\(exception.path), \(exception.check): why?")
        }
    }
}
