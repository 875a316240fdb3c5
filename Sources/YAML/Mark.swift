/// A place in a file, as people count: the first character is line 1, column 1.
package struct Mark: Sendable, Equatable {
    package let line: Int
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
