/// What stands in a field: words, or a number that machines count with.
package enum LogValue: Hashable, Sendable {
    case text(String)
    case number(Int)
}

extension LogValue: ExpressibleByStringInterpolation {
    /// Words, as they are written in the source.
    package init(stringLiteral text: String) { self = .text(text) }
}

extension LogValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        }
    }
}
