internal import CLinux
internal import CSystemd
internal import Glibc
package import Linux

/// Watches on folders (inotify(7)): added by whoever may wait for the file system, heard on the loop.
///
/// What happens between the two is kept by the kernel until `listen`.
package final class FolderHints: Sendable {
    /// Names one watched folder.
    package struct Watch: Hashable, Sendable { fileprivate var number: Int32 }

    /// Events in one turn; the rest follows in the next.
    private static let room = 16 * 1024

    private let number: Int32

    /// Without a watch so far.
    package init() throws(SystemCallError) {
        number = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
        guard number >= 0 else { throw SystemCallError(call: "inotify_init1", code: errno) }
    }

    deinit { close(number) }

    /// Watches a folder; one that is watched already is watched for this, too.
    ///
    /// Looks the path up, so it waits as long as the file system does.
    package func watch(_ path: String, for changes: FolderChange) throws(SystemCallError) -> Watch {
        let mask = changes.rawValue | UInt32(IN_MASK_ADD) | UInt32(IN_ONLYDIR)
        let watch = unsafe inotify_add_watch(number, path, mask)
        guard watch >= 0 else { throw SystemCallError(call: "inotify_add_watch", code: errno, subject: path) }
        return Watch(number: watch)
    }

    /// Hears what happened since the watches were added, and whatever happens from now on.
    package func listen(
        on loop: EventLoop, _ body: @escaping (Watch?, FolderEvent) -> Void
    ) throws(SystemCallError) -> EventSource {
        try loop.watch(number, for: .read) { [self] _ in for (watch, event) in take() { body(watch, event) } }
    }

    /// The watch is nil where the kernel lost events.
    private func take() -> [(Watch?, FolderEvent)] {
        unsafe withUnsafeTemporaryAllocation(
            byteCount: Self.room, alignment: MemoryLayout<inotify_event>.alignment
        ) { buffer in
            guard let start = buffer.baseAddress else { return [] }
            let count = unsafe read(number, start, buffer.count)
            var events: [(Watch?, FolderEvent)] = []
            var offset = 0
            while offset < count {
                let event = unsafe (start + offset).assumingMemoryBound(to: inotify_event.self)
                let watch = unsafe event.pointee.wd
                unsafe events.append((watch < 0 ? nil : Watch(number: watch), FolderEvent(event)))
                unsafe offset += MemoryLayout<inotify_event>.size + Int(event.pointee.len)
            }
            return events
        }
    }
}
