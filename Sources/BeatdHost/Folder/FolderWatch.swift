internal import Linux
internal import Systemd

/// What is to be heard on the way to the folder of descriptors: the folder itself, its name in the one above, and each
/// link that leads to it.
///
/// For a thread: watching waits as long as the file system does.
struct FolderWatch: Sendable {
    let directory: String
    let links: [FolderLink]
    /// How late changes are seen where nothing is heard, for people.
    let pause: String

    /// What is heard from now on.
    struct Result: Sendable {
        let hints: FolderHints
        var folder: FolderHints.Watch?
        var above: [FolderHints.Watch: [FolderLink]] = [:]
        /// What is not heard, and should be.
        var notice: String?
    }

    /// A folder that isn't there has no watch; its parent's tells when it comes, and the rescan if neither is there.
    func perform(_ hints: FolderHints) -> Result {
        var result = Result(hints: hints)
        do throws(SystemCallError) {
            result.folder = try hints.watch(directory, for: [.content, .itself])
        } catch {
            if !error.isNotFound, !error.isPermission { result.notice = Self.notice(of: directory, pause, error) }
        }
        let parts = directory.split(separator: "/")
        let parent = FolderLink(
            folder: "/" + parts.dropLast().joined(separator: "/"), name: parts.last.map(String.init) ?? "")
        try? watch(parent, &result)
        for link in links {
            do throws(SystemCallError) { try watch(link, &result) } catch {
                result.notice =
                    "a change of the link \(link.path) is seen only every \(pause) (\(error.call): \(error.reason))"
            }
        }
        return result
    }

    /// Why changes of the folder aren't heard.
    static func notice(of directory: String, _ pause: String, _ error: SystemCallError) -> String {
        "changes in \(directory) are seen only every \(pause) (\(error.call): \(error.reason))"
    }

    private func watch(_ link: FolderLink, _ result: inout Result) throws(SystemCallError) {
        result.above[try result.hints.watch(link.folder, for: [.names, .itself]), default: []].append(link)
    }
}
