import BeatdCore

extension Chance {
    mutating func happens(_ percent: Int) -> Bool { below(100) < percent }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func between(_ low: Int64, _ high: Int64) -> Int64 {
        guard high > low else { return low }
        return low + Int64(next() % UInt64(high - low + 1))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Another stream that nobody else draws from.
    mutating func split() -> Chance { Chance(seed: next()) }
}
