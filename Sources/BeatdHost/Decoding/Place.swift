/// Where somebody wrote something: a line of a file, a variable of the environment, an option.
package enum Place: Hashable, Sendable, CustomStringConvertible {
    /// Lines count from 1.
    case line(Int, file: String)
    /// The file as a whole.
    case file(String)
    case variable(String)
    /// `--set KEY=...`, by its key.
    case option(String)

    package var description: String {
        switch self {
        case .line(let line, let file): "\(file):\(line)"
        case .file(let file): file
        case .variable(let name): name
        case .option(let key): "--set \(key)"
        }
    }

    /// The line, where the place is one of `file`.
    package func line(in file: String) -> Int? {
        guard case .line(let line, file) = self else { return nil }
        return line
    }
}
