/// A type, an extension or a function in a file, with the lines it takes.
struct Declaration: Sendable {
    /// What is declared, as far as the checks tell things apart.
    enum Kind: Sendable {
        case structure, classOrActor, enumeration, protocolType, typeExtension
        /// A function, initializer, subscript or computed property: whatever has a body that runs.
        case function
    }

    let kind: Kind
    /// The whole name, with the types around it: `Outer.Inner`, `Outer.run`.
    let name: String
    let firstLine: Int
    var lastLine: Int
    /// The tokens of its body, in the file's `code`.
    var body: Range<Int>
    /// The lines of `firstLine...lastLine` that belong to types inside.
    var linesOfInnerTypes = 0
    var storedProperties: [String] = []
    /// The attributes in front of it: `Test`, `Suite`, ...
    let attributes: [String]

    var lines: Int { lastLine - firstLine + 1 }

    var isType: Bool { kind != .function }
}
