internal import CSystemd
internal import Glibc

/// One hint from the kernel.
package struct FolderEvent: Sendable {
    /// The name in the folder; nil where the folder itself is meant, or the kernel lost events.
    package var name: String?
    /// The folder went or moved, or its watch ended.
    package var isItself: Bool

    init(_ event: UnsafePointer<inotify_event>) {
        let mask = unsafe event.pointee.mask
        isItself = mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT) != 0
        guard unsafe event.pointee.len > 0 else { return }
        // The name follows the struct (inotify(7)); the kernel ends it with a zero.
        let start = unsafe UnsafeRawPointer(event).advanced(by: MemoryLayout<inotify_event>.size)
        name = unsafe String(cString: start.assumingMemoryBound(to: CChar.self))
    }
}
