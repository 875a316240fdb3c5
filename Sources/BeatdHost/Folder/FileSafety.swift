package import Linux

/// Whether beatd may believe a file or a folder: nobody else can have written it (contract 2).
package enum FileSafety {
    /// Why not, as a sentence without its subject; nil where it is safe.
    ///
    /// `isSealed`: its mode lets others write it, and its mount doesn't.
    package static func problem(with status: FileStatus, isSealed: Bool = false) -> String? {
        let mode = String(status.mode & 0o777, radix: 8)
        if status.isWritableByOthers, !isSealed {
            return "may be written by group or others (mode 0\(mode)); take that away with chmod go-w"
        }
        let own = Accounts.user
        guard status.user == 0 || status.user == own else {
            let user = Accounts.name(ofUser: status.user)
            let mine = own == 0 ? "" : " or \(Accounts.name(ofUser: own))"
            return "belongs to user \(user); it must belong to root\(mine)"
        }
        return nil
    }

    /// Why a file can't be opened or read.
    package static func sentence(_ error: SystemCallError) -> String {
        if error.isEscape {
            return
                "the file is a symbolic link out of its folder, or one with an absolute path; put the file itself there"
        }
        if error.isLoop { return "the file is a symbolic link that leads to itself; put the file itself there" }
        if error.isNotFound { return "the file is a symbolic link to nothing" }
        if error.isUnopenable { return "the file is a socket or a device, not a regular file" }
        if error.isPermission {
            let user = Accounts.name(ofUser: Accounts.user)
            return "user \(user) may not read the file (\(error.reason)); allow it with chmod or chown"
        }
        return "the file can't be read (\(error.call): \(error.reason))"
    }

    /// Whether `file` stands in that folder itself, by whatever path.
    package static func isInside(_ file: String, folder: String) -> Bool {
        isSame(file.lastIndex(of: "/").map { String(file[...$0]) } ?? ".", folder)
    }

    /// Whether two paths lead to the same folder.
    package static func isSame(_ one: String, _ other: String) -> Bool {
        guard let its = try? Files.status(at: one), let other = try? Files.status(at: other) else { return false }
        return its.device == other.device && its.inode == other.inode
    }
}
