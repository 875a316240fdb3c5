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

    /// Whether `file` stands in that folder itself, by whatever path.
    package static func isInside(_ file: String, folder: String) -> Bool {
        let above = file.lastIndex(of: "/").map { String(file[...$0]) } ?? "."
        guard let its = try? Files.status(at: above), let other = try? Files.status(at: folder) else { return false }
        return its.device == other.device && its.inode == other.inode
    }
}
