import TestSupport
import Testing

@testable import DevRegistry

/// The suite bites: a development registry with one rule broken doesn't pass.
struct BrokenRuleTests {
    private struct Bite: Sendable {
        let rule: Rule
        let name: String
        let reason: String
    }

    /// What a case must be run against to notice it.
    private static func kind(noticing rule: Rule) -> TargetKind {
        let isOfV1 = Case.all.contains { $0.notices.contains(rule) && $0.runs(on: .likeNacos) }
        return isOfV1 ? .likeNacos : .v3
    }

    @Test func `every broken rule makes a case fail`() async throws {
        // All at once: most of the time is spent waiting for silence to be noticed.
        let processes = try Rule.allCases.map { rule in
            (rule, try RegistryProcess(Self.kind(noticing: rule), ["--wrong", rule.rawValue]))
        }
        let bites = await withTaskGroup(of: Bite?.self) { group in
            for (rule, process) in processes {
                for (number, item) in Case.all.enumerated() where item.notices.contains(rule) {
                    let target = process.target
                    group.addTask {
                        let outcome = await ContractRun.outcome(of: item, number, on: target)
                        guard case .failed(let reason) = outcome else { return nil }
                        return Bite(rule: rule, name: item.name, reason: reason)
                    }
                }
            }
            return await group.reduce(into: [Bite]()) { bites, bite in if let bite { bites.append(bite) } }
        }
        for (_, process) in processes { process.stop() }
        for rule in Rule.allCases {
            let bite = bites.first { $0.rule == rule }
            #expect(bite != nil, "nothing noticed that \(rule.rawValue) was broken")
            print("\(rule.rawValue) -> \(bite.map { "\($0.name): \($0.reason.prefix(120))" } ?? "unnoticed")")
        }
    }
}
