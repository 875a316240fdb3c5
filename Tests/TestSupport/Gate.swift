internal import Glibc
package import Linux

/// Where a job waits until the test lets it go on: what hangs, as a file system without an answerer does.
package final class Gate: Sendable {
    private let reading: Int32
    private let writing: Int32

    /// Closed.
    package init() throws(SystemCallError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw SystemCallError(call: "pipe", code: errno) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Lets one wait end, be it now or later.
    package func open() {
        let byte: UInt8 = 0
        _ = unsafe withUnsafePointer(to: byte) { unsafe write(writing, $0, 1) }
    }

    /// Waits in read(2), as long as it takes.
    package func wait() {
        var byte: UInt8 = 0
        while unsafe read(reading, &byte, 1) != 1 {}
    }
}
