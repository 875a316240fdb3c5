/// What the name of a file in the folder of descriptors says (contract 2 and 5).
package enum DescriptorName: Hashable, Sendable {
    /// Not a descriptor: an editor's or a package manager's leftover, or another suffix.
    case ignored
    case descriptor(name: String)
    /// A descriptor by its suffix, with a name that can't be NAME; the text says why.
    case refused(String)

    /// At most this many characters: it stands in status lines and file names.
    package static let limit = 128

    package init(file: String) {
        guard !Self.isLeftover(file), let dot = file.lastIndex(of: "."),
            ["yaml", "yml", "json"].contains(file[file.index(after: dot)...])
        else {
            self = .ignored
            return
        }
        let name = String(file[..<dot])
        if let problem = Self.problem(with: name) {
            self = .refused(problem)
        } else {
            self = .descriptor(name: name)
        }
    }

    /// Why `name` can't be NAME; nil where it can.
    package static func problem(with name: String) -> String? {
        if name.utf8.count > limit { return "the file's name without suffix is longer than \(limit) characters" }
        if !name.utf8.allSatisfy(isAllowed) || name.isEmpty {
            return "the file's name may hold only letters, digits, '.', '_', '@' and '-'"
        }
        if name.hasSuffix("@") {
            return "a file's name that ends in '@' is kept for templates; give the file another name"
        }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "._@-".utf8.contains(byte)
        }
    }

    private static func isLeftover(_ file: String) -> Bool {
        if file.hasPrefix(".") || file.hasSuffix("~") || file.contains(".dpkg-") { return true }
        return [".swp", ".tmp", ".bak", ".disabled", ".rpmnew", ".rpmsave"].contains { file.hasSuffix($0) }
    }
}
