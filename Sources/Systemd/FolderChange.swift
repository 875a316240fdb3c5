internal import Glibc

/// What is watched for in a folder (inotify(7)).
package struct FolderChange: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A file was written and closed, came, went, was renamed, or changed its owner or mode.
    package static let content = FolderChange(
        rawValue: UInt32(IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB))
    /// The folder itself went or was renamed.
    package static let itself = FolderChange(rawValue: UInt32(IN_DELETE_SELF | IN_MOVE_SELF))
}
