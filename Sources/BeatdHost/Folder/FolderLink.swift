internal import Linux

/// A symbolic link on the way to the folder of descriptors: whoever swaps it puts another folder in its place.
struct FolderLink: Hashable, Sendable {
    /// Holds the link; a path without links.
    var folder: String
    var name: String

    var path: String { folder == "/" ? "/\(name)" : "\(folder)/\(name)" }

    /// As many as the kernel follows (path_resolution(7)).
    private static let most = 40

    /// Those that `path` leads through, in that order.
    static func links(on path: String) -> [FolderLink] {
        var links: [FolderLink] = []
        var above = ""
        var rest = Array(path.split(separator: "/").reversed())
        while let part = rest.popLast(), links.count < most {
            if part == "." { continue }
            if part == ".." {
                above = above.lastIndex(of: "/").map { String(above[..<$0]) } ?? ""
                continue
            }
            let link = FolderLink(folder: above.isEmpty ? "/" : above, name: String(part))
            guard let target = try? Files.target(ofLink: link.path) else {
                above = link.path
                continue
            }
            links.append(link)
            if target.hasPrefix("/") { above = "" }
            rest += target.split(separator: "/").reversed()
        }
        return links
    }
}
