internal import CSystemd
internal import Glibc

/// One hint from the kernel.
package struct FolderEvent: Sendable {
    /// What happened, as far as a hint can tell.
    package enum Change: Hashable, Sendable {
        /// A name came: opened for writing, or a link.
        case created
        case modified
        /// Whoever wrote it is done: closed, or moved here whole.
        case finished
        case gone
        case other
        /// The kernel lost events.
        case lost
    }

    /// The name in the folder; nil where the folder itself is meant, or the kernel lost events.
    package var name: String?
    package var change: Change
    /// The folder went or moved, or its watch ended.
    package var isItself: Bool

    init(_ event: UnsafePointer<inotify_event>) {
        let mask = unsafe event.pointee.mask
        isItself = mask & UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT) != 0
        change = Change(mask)
        guard unsafe event.pointee.len > 0 else { return }
        // The name follows the struct (inotify(7)); the kernel ends it with a zero.
        let start = unsafe UnsafeRawPointer(event).advanced(by: MemoryLayout<inotify_event>.size)
        name = unsafe String(cString: start.assumingMemoryBound(to: CChar.self))
    }
}

extension FolderEvent.Change {
    /// An event has one of these bits.
    fileprivate init(_ mask: UInt32) {
        func has(_ bits: Int32) -> Bool { mask & UInt32(bits) != 0 }
        self =
            has(IN_CREATE)
            ? .created
            : has(IN_MODIFY)
                ? .modified
                : has(IN_CLOSE_WRITE | IN_MOVED_TO)
                    ? .finished : has(IN_DELETE | IN_MOVED_FROM) ? .gone : has(IN_Q_OVERFLOW) ? .lost : .other
    }
}
