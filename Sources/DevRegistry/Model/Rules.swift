/// Which rules hold: all, unless a test wants the registry to err.
struct Rules: Hashable, Sendable {
    var wrong: Set<Rule> = []

    func hold(_ rule: Rule) -> Bool { !wrong.contains(rule) }
}
