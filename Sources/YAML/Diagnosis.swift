/// What was meant where libyaml says only what it found, and often lines later.
package enum Diagnosis {
    /// A key whose colon no blank follows: what to write; nil where the text doesn't begin with one.
    ///
    /// `service:billing` is one word to YAML, and so is what has the colon of a Chinese keyboard.
    package static func colon(in text: some StringProtocol) -> String? {
        let isWord = { (byte: UInt8) in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x2D || byte == 0x5F
        }
        let word = String(text.prefix { $0.utf8.allSatisfy(isWord) })
        guard let first = word.utf8.first, !(0x30...0x39).contains(first), first != 0x2D else { return nil }
        let rest = text.dropFirst(word.count).drop { $0 == " " }
        if rest.first == "\u{FF1A}" {
            return
                "a full-width colon (U+FF1A) stands behind '\(word)'; write '\(word): ' with a plain colon and a blank"
        }
        guard rest.first == ":", let next = rest.dropFirst().first, next != " ", next != "\t", next != "/" else {
            return nil
        }
        return "a blank is missing behind the colon of '\(word):'; write '\(word): ' and then the value"
    }

    /// So many lines before the one that libyaml names are looked at: a text goes on over lines.
    private static let reach = 3

    /// What is wrong in the line of `mark`, in the one that `context` names, or shortly before; nil where nothing is seen.
    static func error(in bytes: [UInt8], at mark: Mark, context: Int?) -> YAMLError? {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: mark.line, omittingEmptySubsequences: false)
        var numbers = context.map { [$0] } ?? []
        numbers += (max(1, mark.line - reach)...max(1, mark.line)).reversed()
        for number in numbers where (1...lines.count).contains(number) {
            let text = String(decoding: lines[number - 1], as: UTF8.self)
            if let found = problem(in: text) {
                return YAMLError(found.problem, at: Mark(line: number, column: found.column))
            }
        }
        return nil
    }

    private static func problem(in line: String) -> (problem: String, column: Int)? {
        let indentation = line.prefix { $0 == " " || $0 == "\t" }
        let rest = line.dropFirst(indentation.count)
        guard !rest.hasPrefix("#") else { return nil }
        if let tab = indentation.firstIndex(of: "\t") {
            let column = line.distance(from: line.startIndex, to: tab) + 1
            return ("a tab stands in front of the text; YAML is indented with blanks alone", column)
        }
        if let scalar = Invisible.first(in: line) {
            let before = line.unicodeScalars.prefix { $0 != scalar }.count
            return (
                "an invisible character stands here: \(Invisible.name(of: scalar)); write a plain blank, or none",
                before + 1
            )
        }
        let item = rest.drop { $0 == "-" || $0 == " " }
        guard let colon = colon(in: item) else { return nil }
        return (colon, line.distance(from: line.startIndex, to: item.startIndex) + 1)
    }
}
