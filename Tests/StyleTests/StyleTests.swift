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

    @Test func `each exception excuses something and says why`() {
        for exception in Exception.all {
            let check = Check.all.first { $0.name == exception.check }
            let found = check?.find(.package).contains { exception.excuses($0, of: exception.check) } ?? false
            #expect(found, "\(exception.path), \(exception.check): not needed any more")
            #expect(exception.reason.count > 20, "\(exception.path), \(exception.check): why?")
        }
    }
}
