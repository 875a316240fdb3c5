internal import BeatdCore

/// Durations as operators write them: `500ms`, `5s`, `1m30s`, `1h`.
package enum DurationText: Hashable, Sendable {
    case value(Duration)
    /// A number without a unit: nobody can know what was meant.
    case bareNumber
    case nonsense

    /// Units from the longest to the shortest; each may stand once, in this order.
    private static let units: [(name: String, length: Duration)] = [
        ("h", .seconds(3600)), ("m", .seconds(60)), ("s", .seconds(1)), ("ms", .milliseconds(1)),
    ]

    package init(_ text: String) {
        var rest = Substring(text)
        var total = Duration.zero
        var next = 0
        guard !rest.isEmpty else {
            self = .nonsense
            return
        }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            // Nine digits are thirty years in seconds: more is a typo, and the sum can't overflow.
            guard let number = Int(digits), digits.count <= 9 else {
                self = .nonsense
                return
            }
            let name = rest.prefix { !("0"..."9").contains($0) }
            if name.isEmpty {
                self = total == .zero && next == 0 ? .bareNumber : .nonsense
                return
            }
            guard let unit = Self.units[next...].firstIndex(where: { $0.name == name }) else {
                self = .nonsense
                return
            }
            total += Self.units[unit].length * Int(number)
            next = unit + 1
            rest = rest.dropFirst(name.count)
        }
        self = .value(total)
    }

    /// The shortest way to write `length`, to the millisecond.
    package static func text(_ length: Duration) -> String {
        var rest = length.milliseconds
        guard rest != 0 else { return "0s" }
        var result = ""
        for unit in units {
            let count = rest / unit.length.milliseconds
            if count > 0 { result += "\(count)\(unit.name)" }
            rest -= count * unit.length.milliseconds
        }
        return result
    }
}
