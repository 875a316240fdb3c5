/// One value of a document, with the place where it begins.
package struct Node: Sendable, Equatable {
    package let content: Content
    package let mark: Mark

    package init(_ content: Content, at mark: Mark) {
        self.content = content
        self.mark = mark
    }

    /// What stands there; a reader decides what a scalar means.
    package indirect enum Content: Sendable, Equatable {
        case scalar(String, Style)
        case sequence([Node])
        /// The entries as they stand in the file; no key stands twice.
        case mapping([Entry])
    }

    /// How a scalar was written: `8080` may be a number where `"8080"` is text.
    package enum Style: Sendable, Equatable {
        case plain
        /// In quotes, as a block of text, or made text by a `!!str` tag.
        case quoted
    }

    /// One key of a mapping and what it stands for.
    package struct Entry: Sendable, Equatable {
        package let key: String
        package let keyMark: Mark
        package let value: Node

        package init(key: String, keyMark: Mark, value: Node) {
            self.key = key
            self.keyMark = keyMark
            self.value = value
        }
    }
}
