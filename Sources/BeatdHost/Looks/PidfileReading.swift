internal import BeatdCore
internal import Linux

/// What a thread reads of a pidfile: the file alone, never the process that it names.
struct PidfileReading: Sendable {
    enum Found: Sendable {
        case content(FileStamp, pid: Int32)
        /// The file says it all.
        case sighting(Sighting)
        /// A link leads to another file system, where somebody else has to look.
        case elsewhere(String)
    }

    /// Just before open(2).
    let began: Instant
    let found: Found

    /// A PID has at most seven digits; what is longer is something else.
    private static let largestContent = 64

    init(_ path: String, _ mounts: MountTable) {
        switch mounts.follow(path) {
        case .leaves(let rest):
            began = Instant(nanoseconds: Clocks.boot())
            found = .elsewhere(rest)
        case .stays(let path):
            began = Instant(nanoseconds: Clocks.boot())
            found = Self.read(path)
        }
    }

    private static func read(_ path: String) -> Found {
        do throws(SystemCallError) {
            let file = try Files.open(path)
            let status = try Files.status(of: file)
            guard status.kind == .regular else { return .sighting(.pidfile(.notAFile(status.kind.rawValue))) }
            let stamp = FileStamp(status)
            let content = try Files.read(file, limit: largestContent)
            guard !content.isEmpty else { return .sighting(.pidfile(.empty)) }
            guard let pid = pid(in: content) else { return .sighting(.pidfile(.nonsense(stamp))) }
            return .content(stamp, pid: pid)
        } catch { return .sighting(sighting(of: error)) }
    }

    static func sighting(of error: SystemCallError) -> Sighting {
        if error.isNotFound { return .pidfile(.missing) }
        if error.isPermission {
            let user = Accounts.name(ofUser: Accounts.user)
            return .pidfile(.denied("user \(user) may not read it (\(error.reason))"))
        }
        if error.isExhausted { return .hindered("\(error.call): \(error.reason)") }
        if error.isUnopenable { return .pidfile(.notAFile(FileStatus.Kind.socket.rawValue)) }
        return .pidfile(.unreadable(error.reason))
    }

    /// The number in the first line, blanks around it; what follows that line is the service's own (as systemd's PIDFile=).
    static func pid(in content: [UInt8]) -> Int32? {
        let blanks: [UInt8] = [0x20, 0x09, 0x0d]
        var line = content.prefix { $0 != 0x0a }
        // A line that doesn't end within the bytes read has no end that we know.
        guard line.count < largestContent else { return nil }
        line = line.drop { blanks.contains($0) }
        while let last = line.last, blanks.contains(last) { line.removeLast() }
        guard (1...10).contains(line.count), line.allSatisfy({ (0x30...0x39).contains($0) }),
            let pid = Int32(String(decoding: line, as: UTF8.self)), pid > 0
        else { return nil }
        return pid
    }
}

extension FileStamp {
    init(_ status: FileStatus) {
        self.init(inode: status.inode, size: status.size, modified: status.modified, changed: status.changed)
    }
}
