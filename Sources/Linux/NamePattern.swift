internal import Glibc

/// Quoted patterns of the command line, as shells have them: `b*`, `web-?`, `[ab]*` (fnmatch(3)).
package enum NamePattern {
    /// Whether it is one; a NAME holds none of these characters.
    package static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    /// Whether the pattern, or the name itself, fits.
    package static func fits(_ pattern: String, _ name: String) -> Bool { unsafe fnmatch(pattern, name, 0) == 0 }
}
