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

    /// The same for a text.
    package static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

    /// Writes it all, and waits for whoever reads; nobody left to read it is no trouble of ours.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                guard let start = buffer.baseAddress else { return 0 }
                return unsafe Glibc.write(descriptor, start + done, buffer.count - done)
            }
            if count < 0, errno == EAGAIN {
                // Whoever shares it with us made it one that doesn't wait.
                var one = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&one, 1, -1)
            } else if count < 0, errno != EINTR {
                return
            }
            done += max(count, 0)
        }
    }
}
