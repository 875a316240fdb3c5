internal import Glibc

/// What is watched for in a folder (inotify(7)).
package struct FolderChange: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A name came, went, was renamed, or changed its owner or mode.
    package static let names = FolderChange(
        rawValue: UInt32(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB))
    /// Names, and what becomes of what they hold: written, and closed.
    package static let content = FolderChange(rawValue: names.rawValue | UInt32(IN_MODIFY | IN_CLOSE_WRITE))
    /// A name went or was renamed, or the folder itself.
    package static let removals = FolderChange(
        rawValue: UInt32(IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF))
    /// The folder itself went or was renamed.
    package static let itself = FolderChange(rawValue: UInt32(IN_DELETE_SELF | IN_MOVE_SELF))
}
