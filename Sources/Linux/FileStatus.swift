internal import Glibc

/// What fstat(2) says of a file.
package struct FileStatus: Hashable, Sendable {
    /// What sort of file, in words that follow "is".
    package enum Kind: String, Hashable, Sendable {
        case regular = "a regular file"
        case directory = "a folder"
        case fifo = "a FIFO"
        case socket = "a socket"
        case link = "a symbolic link"
        case device = "a device"
    }
    package var kind: Kind
    package var device: UInt64
    package var inode: UInt64
    /// In bytes.
    package var size: Int64
    /// Permission bits only.
    package var mode: UInt32
    package var user: UInt32
    package var group: UInt32
    /// Nanoseconds since 1970.
    package var modified: Int64
    package var changed: Int64

    /// Whether group or others may write it.
    package var isWritableByOthers: Bool { mode & 0o022 != 0 }

    init(_ raw: stat) {
        switch raw.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .directory
        case S_IFIFO: kind = .fifo
        case S_IFSOCK: kind = .socket
        case S_IFLNK: kind = .link
        default: kind = .device
        }
        device = UInt64(raw.st_dev)
        inode = UInt64(raw.st_ino)
        size = Int64(raw.st_size)
        mode = raw.st_mode & 0o7777
        user = raw.st_uid
        group = raw.st_gid
        modified = Int64(raw.st_mtim.tv_sec) * 1_000_000_000 + Int64(raw.st_mtim.tv_nsec)
        changed = Int64(raw.st_ctim.tv_sec) * 1_000_000_000 + Int64(raw.st_ctim.tv_nsec)
    }
}
