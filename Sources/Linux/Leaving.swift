internal import Glibc

/// The end of this process.
package enum Leaving {
    /// Ends it at once, with what it tells its parent, and waits for no thread (_exit(2)).
    ///
    /// What was said by way of the C library's buffers is lost: nothing here speaks so.
    package static func leave(with code: Int32) -> Never { _exit(code) }
}
