import Testing

@testable import DevRegistry

/// Every rule is a switch with one place, so that a test can break it alone.
struct RuleTests {
    @Test func `each rule is asked for at exactly one place`() throws {
        let sources = try SourceText.ofDevRegistry()
        for rule in Rule.allCases {
            let count = sources.components(cutAt: "hold(.\(rule))").count - 1
            #expect(count == 1, "\(rule) is asked for at \(count) places")
        }
    }

    @Test func `names are unique and spelled alike`() {
        let names = Rule.allCases.map(\.rawValue)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0 == "-" || $0.isLowercase || $0.isNumber } })
    }
}
