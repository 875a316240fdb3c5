internal import Glibc

/// The end of this process.
package enum Leaving {
    /// Ends it at once, with what it tells its parent (exit(3)).
    package static func leave(with code: Int32) -> Never { exit(code) }
}
