internal import CLinux
internal import Glibc

/// Standard output and standard error.
package enum Terminals {
    /// Columns of the terminal behind a descriptor, 80 where it doesn't say; nil where it is no terminal (isatty(3)).
    package static func width(of descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        let columns = beatd_columns(descriptor)
        return columns > 0 ? Int(columns) : 80
    }

    /// Writes it all; nobody left to read it is no trouble of ours.
    package static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return unsafe Glibc.write(descriptor, start + done, buffer.count - done)
            }
            if count < 0, errno != EINTR { return }
            done += max(count, 0)
        }
    }

    /// Writes it unless its reader doesn't read: waits for it at most so many milliseconds (poll(2)); says whether it was taken.
    ///
    /// A pipe that can be written to takes PIPE_BUF bytes without waiting (pipe(7)); what is longer goes piece by piece.
    package static func offer(_ text: String, to descriptor: Int32, within milliseconds: Int32) -> Bool {
        var rest = Substring(text)
        while !rest.isEmpty {
            var one = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard unsafe poll(&one, 1, milliseconds) == 1 else { return false }
            // A scalar has at most four bytes.
            let piece = rest.unicodeScalars.prefix(1024)
            write(String(String.UnicodeScalarView(piece)), to: descriptor)
            rest = Substring(rest.unicodeScalars.dropFirst(1024))
        }
        return true
    }
}
