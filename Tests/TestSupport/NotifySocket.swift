internal import Glibc
internal import Linux

/// Stands where systemd stands for a service: receives what it says with sd_notify(3).
package final class NotifySocket {
    /// For `NOTIFY_SOCKET`.
    package let path: String
    private let folder: TemporaryDirectory
    private let socket: Descriptor
    /// Every line received so far, in order.
    package private(set) var lines: [String] = []

    /// Made in a folder of its own, unless it has an abstract name such as `@manager`.
    package init(named name: String? = nil) throws {
        folder = try TemporaryDirectory()
        path = name ?? folder.path("notify")
        let flags = Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        socket = Descriptor(taking: Glibc.socket(AF_UNIX, flags, 0))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        if name != nil { address.sun_path.0 = 0 }
        let room = MemoryLayout.size(ofValue: address.sun_path)
        let size = MemoryLayout<sockaddr_un>.size - (name == nil ? 0 : room - bytes.count)
        let number = socket.number
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(number, $0, socklen_t(size))
            }
        }
        guard result == 0 else { throw SystemCallError(call: "bind", code: errno, subject: path) }
    }

    /// Readable while something was said.
    package var number: Int32 { socket.number }

    /// Takes what was said; the lines of this time.
    @discardableResult
    package func receive() -> [String] {
        var new: [String] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = unsafe recv(socket.number, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            new += String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n").map(String.init)
        }
        lines += new
        return new
    }

    /// Waits until that line was said.
    package func wait(for line: String, limit: Duration = .seconds(20)) throws {
        try eventually(limit: limit) {
            receive()
            return lines.contains(line)
        }
    }
}
